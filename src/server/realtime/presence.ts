import type { PresenceMember } from "@insforge/shared-schemas";

/**
 * Who is in which channel. A user counts once, however many sockets of theirs are there; it lives
 * in memory only, as long as the sockets do.
 */
export class Presence {
  readonly #channels = new Map<string, Map<string, Entry>>();

  /** Adds a socket. @returns whether its member was not there before */
  join(channel: string, socketId: string, member: PresenceMember): boolean {
    const members = this.#channels.get(channel) ?? new Map<string, Entry>();
    this.#channels.set(channel, members);
    const known = members.get(member.presenceId);
    if (known) known.socketIds.add(socketId);
    else members.set(member.presenceId, { member, socketIds: new Set([socketId]) });
    return known === undefined;
  }

  /** Takes a socket away. @returns its member, if that was the member's last socket */
  leave(channel: string, socketId: string, presenceId: string): PresenceMember | undefined {
    const members = this.#channels.get(channel);
    const entry = members?.get(presenceId);
    if (!members || !entry?.socketIds.delete(socketId) || entry.socketIds.size > 0) {
      return undefined;
    }
    members.delete(presenceId);
    if (members.size === 0) this.#channels.delete(channel);
    return entry.member;
  }

  /** Everybody in a channel, in the order in which they came. */
  members(channel: string): PresenceMember[] {
    return [...this.#channels.get(channel)?.values() ?? []].map(({ member }) => member);
  }
}

interface Entry {
  readonly member: PresenceMember;
  readonly socketIds: Set<string>;
}
