import { Hub, HubException, type HubMethods } from '@signalite/server';
import type { ChatContract } from './chat-contract.ts';
import { ChatRoster, type Member } from './chat-roster.ts';

const NAME_MAX = 24;
const ROOM_MAX = 40;
const TEXT_MAX = 2000;

const roster = new ChatRoster();

/** Chat with names, rooms and direct messages. */
export class ChatHub extends Hub<ChatContract> implements HubMethods<ChatContract> {
  async register(wanted: string): Promise<string[]> {
    const name = checked(wanted, 'name', NAME_MAX);
    if (!roster.register(this.context.connectionId, name)) {
      throw new HubException(`The name ${name} is taken. Choose another.`);
    }
    await this.clients.others.send('userJoined', name);
    return roster.names();
  }

  async sendToAll(text: string): Promise<void> {
    const message = { from: this.#me().name, text: checked(text, 'message', TEXT_MAX), at: now(), room: null };
    await this.clients.all.send('messageReceived', message);
  }

  async joinRoom(wanted: string): Promise<void> {
    const room = checked(wanted, 'room', ROOM_MAX);
    const { name, rooms } = this.#me();
    if (rooms.has(room)) return;
    rooms.add(room);
    await this.groups.add(this.context.connectionId, room);
    await this.clients.group(room).send('systemMessage', room, `${name} joined the room.`);
  }

  async leaveRoom(room: string): Promise<void> {
    const { name, rooms } = this.#me();
    if (!rooms.delete(room)) return;
    await this.groups.remove(this.context.connectionId, room);
    await this.clients.group(room).send('systemMessage', room, `${name} left the room.`);
  }

  async sendToRoom(room: string, text: string): Promise<void> {
    const { name, rooms } = this.#me();
    if (!rooms.has(room)) throw new HubException(`Join the room ${room} before you write to it.`);
    const message = { from: name, text: checked(text, 'message', TEXT_MAX), at: now(), room };
    await this.clients.group(room).send('messageReceived', message);
  }

  async sendDirect(to: string, text: string): Promise<void> {
    const receiver = roster.connectionOf(to);
    if (receiver === undefined) throw new HubException(`${to} is not here.`);
    const message = { from: this.#me().name, to, text: checked(text, 'message', TEXT_MAX), at: now() };
    await this.clients.clients([receiver, this.context.connectionId]).send('directReceived', message);
  }

  override async onDisconnected(): Promise<void> {
    const gone = roster.remove(this.context.connectionId);
    if (gone === undefined) return;
    for (const room of gone.rooms) {
      await this.clients.othersInGroup(room).send('systemMessage', room, `${gone.name} left the room.`);
    }
    await this.clients.others.send('userLeft', gone.name);
  }

  #me(): Member {
    const member = roster.get(this.context.connectionId);
    if (member === undefined) throw new HubException('Register a name first.');
    return member;
  }
}

function checked(text: string, what: string, max: number): string {
  const trimmed = typeof text === 'string' ? text.trim() : '';
  if (trimmed.length > 0 && trimmed.length <= max) return trimmed;
  throw new HubException(`The ${what} must have 1 to ${max} characters.`);
}

function now(): string {
  return new Date().toISOString();
}
