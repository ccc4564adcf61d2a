// The chat page. `client.js` is a SignalR client: ours here, Microsoft's in samples/aspnet-chat. Their verbs are the same.

import { HubConnectionBuilder } from './client.js';
import { Conversations, EVERYONE, personKey, roomKey } from './conversations.js';
import { renderAll, renderStatus, toast } from './render.js';

const $ = (id) => document.getElementById(id);
const RECONNECT_DELAYS_MS = [0, 1000, 2000, 5000, 10_000, 10_000, 30_000];

const state = { name: '', people: new Set(), conversations: new Conversations() };

function connect(path) {
  return new HubConnectionBuilder().withUrl(path).withAutomaticReconnect(RECONNECT_DELAYS_MS).build();
}

$('name').focus();

const chat = connect('chat');
const notifications = connect('notifications');

function draw() {
  renderAll(state, (key, person) => {
    if (person !== undefined) state.conversations.open(key, { kind: 'person', name: person });
    state.conversations.select(key);
    draw();
    $('text').focus();
  });
}

chat.on('userJoined', (name) => {
  state.people.add(name);
  state.conversations.add(EVERYONE, { text: `${name} is here.` });
  draw();
});
chat.on('userLeft', (name) => {
  state.people.delete(name);
  state.conversations.add(EVERYONE, { text: `${name} has left.` });
  draw();
});
chat.on('messageReceived', ({ from, text, at, room }) => {
  state.conversations.add(room === null ? EVERYONE : roomKey(room), { from, text, at });
  draw();
});
chat.on('systemMessage', (room, text) => {
  state.conversations.add(roomKey(room), { text });
  draw();
});
chat.on('directReceived', ({ from, to, text, at }) => {
  const other = from === state.name ? to : from;
  state.conversations.open(personKey(other), { kind: 'person', name: other });
  state.conversations.add(personKey(other), { from, text, at });
  draw();
});
notifications.on('notified', ({ topic, title, text }) => toast(`${title} · ${topic}`, text));

/** The name and the rooms live with the connection: a new connection has to ask for them again. */
async function enter() {
  const people = await chat.invoke('register', state.name);
  state.people = new Set(people);
  for (const { name } of state.conversations.of('room')) await chat.invoke('joinRoom', name);
  if ($('topic-news').checked) await notifications.invoke('subscribe', 'news');
  renderStatus('connected');
  draw();
}

chat.onreconnecting(() => renderStatus('reconnecting', 'The connection is lost. Trying to get it back …'));
chat.onreconnected(() => attempt(enter));
chat.onclose(() => renderStatus('disconnected', 'The connection is gone. Reload the page to come back.'));

/** Errors of hub methods are for the person who caused them. */
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    toast('That did not work', reasonOf(error), 'problem');
  }
}

function reasonOf(error) {
  return error.message.replace(/^.*HubException: /, '');
}

$('welcome').addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = event.target.querySelector('button');
  button.disabled = true;
  state.name = $('name').value.trim();
  try {
    if (chat.state === 'Disconnected') await Promise.all([chat.start(), notifications.start()]);
    await enter();
    $('me').textContent = state.name;
    $('welcome').hidden = true;
    $('app').hidden = false;
    $('text').focus();
  } catch (error) {
    $('welcome-error').textContent = reasonOf(error);
  } finally {
    button.disabled = false;
  }
});

const SENDERS = {
  everyone: (_name, text) => chat.invoke('sendToAll', text),
  room: (name, text) => chat.invoke('sendToRoom', name, text),
  person: (name, text) => chat.invoke('sendDirect', name, text),
};

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (text === '') return;
  const { kind, name } = state.conversations.current;
  void attempt(async () => {
    await SENDERS[kind](name, text);
    $('text').value = '';
  });
});

$('join-room').addEventListener('submit', (event) => {
  event.preventDefault();
  const room = $('room').value.trim();
  if (room === '') return;
  void attempt(async () => {
    state.conversations.open(roomKey(room), { kind: 'room', name: room });
    state.conversations.select(roomKey(room));
    await chat.invoke('joinRoom', room);
    $('room').value = '';
    draw();
  });
});

$('leave').addEventListener(
  'click',
  () =>
    void attempt(async () => {
      const { key, name } = state.conversations.current;
      await chat.invoke('leaveRoom', name);
      state.conversations.close(key);
      draw();
    }),
);

$('topic-news').addEventListener('change', ({ target }) =>
  attempt(() => notifications.invoke(target.checked ? 'subscribe' : 'unsubscribe', 'news')),
);
