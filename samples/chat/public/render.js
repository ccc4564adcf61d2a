// Draws the state. Everything that people wrote goes in as text, never as markup.

import { EVERYONE, personKey } from './conversations.js';

const $ = (id) => document.getElementById(id);

export function element(tag, { className, text, ...rest } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), rest);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

export function renderAll(state, onSelect) {
  renderList('everyone', state.conversations.of('everyone'), state, onSelect);
  renderList('rooms', state.conversations.of('room'), state, onSelect);
  renderPeople(state, onSelect);
  renderConversation(state);
}

function renderList(id, conversations, state, onSelect) {
  $(id).replaceChildren(...conversations.map((one) => entry(one, state, () => onSelect(one.key))));
}

function renderPeople(state, onSelect) {
  const others = [...state.people].filter((name) => name !== state.name).sort((a, b) => a.localeCompare(b));
  $('people-count').textContent = others.length > 0 ? `(${others.length})` : '';
  const entries = others.map((name) => {
    const key = personKey(name);
    const one = state.conversations.get(key) ?? { key, kind: 'person', name, unseen: 0 };
    return entry(one, state, () => onSelect(key, name));
  });
  $('people').replaceChildren(...entries);
}

function entry({ key, kind, name, unseen }, state, onClick) {
  const button = element(
    'button',
    { className: 'entry', type: 'button', onclick: onClick },
    element('span', { className: 'name', text: label(kind, name) }),
  );
  if (kind === 'person') button.prepend(avatar(name));
  if (unseen > 0) button.append(element('span', { className: 'badge', text: String(unseen) }));
  if (state.conversations.current.key === key) button.setAttribute('aria-current', 'true');
  return element('li', {}, button);
}

function label(kind, name) {
  return kind === 'room' ? `# ${name}` : name;
}

const SUBTITLES = {
  everyone: 'All who are here read this.',
  room: 'Only those who joined the room read this.',
  person: 'Only the two of you read this.',
};

function renderConversation(state) {
  const { kind, name, lines, key } = state.conversations.current;
  $('title').textContent = label(kind, name);
  $('subtitle').textContent = SUBTITLES[kind];
  $('leave').hidden = kind !== 'room';
  const empty = element('li', { className: 'empty', text: key === EVERYONE ? 'Say hello.' : 'Nothing said here yet.' });
  const drawn = lines.map((line, index) => drawLine(line, lines[index - 1], state.name));
  const list = $('messages');
  list.replaceChildren(...(drawn.length > 0 ? drawn : [empty]));
  list.scrollTop = list.scrollHeight;
}

function drawLine(line, before, me) {
  if (line.from === undefined) return element('li', { className: 'system', text: line.text });
  const time = element('time', {
    text: new Date(line.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
  });
  const classes = ['message', line.from === me ? 'mine' : '', before?.from === line.from ? 'follows' : ''];
  return element(
    'li',
    { className: classes.filter(Boolean).join(' ') },
    avatar(line.from),
    element('div', { className: 'by', text: line.from }, time),
    element('div', { className: 'text', text: line.text }),
  );
}

function avatar(name) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  const made = element('span', { className: 'avatar', text: [...name][0]?.toUpperCase() ?? '?' });
  made.style.setProperty('--hue', hue);
  made.setAttribute('aria-hidden', 'true');
  return made;
}

const STATUS_TEXTS = { connected: 'connected', reconnecting: 'reconnecting', disconnected: 'disconnected' };

export function renderStatus(state, text) {
  $('status').dataset.state = state;
  $('status').textContent = STATUS_TEXTS[state];
  $('banner').hidden = state === 'connected';
  $('banner').textContent = text ?? '';
  $('text').disabled = state !== 'connected';
}

const TOAST_MS = 6000;

export function toast(title, text, className = '') {
  const made = element(
    'div',
    { className: `toast ${className}` },
    element('strong', { text: title }),
    element('span', { text }),
  );
  $('toasts').append(made);
  setTimeout(() => made.remove(), TOAST_MS);
}
