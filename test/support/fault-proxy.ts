// A proxy in front of a server. Without a script it passes bytes on until it is cut, and again when
// it is mended. With a script it reads the HTTP requests that come through, plays on each the fault
// that the script names, and keeps a journal of what it did: a witness beside the server's own.

import { connect, createServer, type Socket } from 'node:net';
import { findFreePort } from '../../src/stack/ports.ts';
import { type Asked, type Fault, lengthOf, offsetOf, PASS, readAsked } from './fault-script.ts';

/** One request that came through, and how it ended. Sizes are bytes. */
export interface Passage extends Asked {
  /** Of all requests, from 1. */
  readonly nth: number;
  readonly connection: number;
  readonly fault: Fault;
  /** How much of the request the server was sent. */
  forwarded: number;
  /** How much of the answer the client was sent. */
  answered: number;
  /**
   * `whole`: the client was sent the whole answer; `harmed`: the fault ended it; `left`: the client
   * went away before; `lost`: the server did. Undefined while it is under way.
   */
  end?: 'whole' | 'harmed' | 'left' | 'lost';
}

/** Which fault a request meets; `nth` counts all requests, from 1. */
export type Script = (asked: Asked, nth: number) => Fault;

export interface FaultProxy {
  /** `host:port` to give to clients. */
  readonly address: string;
  /** Requests from now on obey this script. Throws where the proxy was started without one. */
  play(script: Script): void;
  /** The journal, oldest first. */
  passages(): readonly Passage[];
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Passes connections on again, at the same address. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** Stands before `target` (`host:port`). */
export async function startFaultProxy(target: string, script?: Script): Promise<FaultProxy> {
  const [host = '', port = ''] = target.split(':');
  const ownPort = await findFreePort();
  const open = new Set<Socket>();
  const journal: Passage[] = [];
  let playing = script;
  let connections = 0;
  const obey: Script = (asked, nth) => playing?.(asked, nth) ?? PASS;

  const server = createServer((near) => {
    const pair = { near, far: connect(Number(port), host) };
    connections += 1;
    for (const socket of [pair.near, pair.far]) {
      open.add(socket);
      socket.setNoDelay(true);
      // A broken half breaks the other: the error itself is what the test is about.
      socket.on('error', () => undefined);
      socket.on('close', () => open.delete(socket));
    }
    if (script) return converse(pair, { journal, script: obey, connection: connections });
    near.pipe(pair.far).on('close', () => near.destroy());
    pair.far.pipe(near).on('close', () => pair.far.destroy());
  });
  const mend = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(ownPort, '127.0.0.1', () => resolve());
    });
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.resetAndDestroy();
    });
  await mend();
  return {
    address: `127.0.0.1:${ownPort}`,
    play(next) {
      if (!playing) throw new Error('this proxy does not look at what it passes on');
      playing = next;
    },
    passages: () => journal,
    cut,
    mend,
    close: cut,
  };
}

/** What one connection knows of the rest. */
interface Play {
  readonly journal: Passage[];
  readonly script: Script;
  readonly connection: number;
}

/** One connection over which requests come one after another, each with its fault. */
function converse({ near, far }: Pair, { journal, script, connection }: Play): void {
  let request = Buffer.alloc(0);
  let answer = Buffer.alloc(0);
  let current: Passage | undefined;
  const end = (how: NonNullable<Passage['end']>) => {
    if (current) current.end ??= how;
  };

  near.on('data', (bytes: Buffer) => {
    request = Buffer.concat([request, bytes]);
    const length = lengthOf(request);
    if (length === undefined || request.length < length) return;
    const whole = request.subarray(0, length);
    request = request.subarray(length);
    answer = Buffer.alloc(0);
    const asked = readAsked(whole);
    const nth = journal.length + 1;
    const passage = { ...asked, nth, connection, fault: script(asked, nth) };
    current = { ...passage, forwarded: 0, answered: 0 };
    journal.push(current);
    forward({ near, far }, current, whole);
  });

  far.on('data', (bytes: Buffer) => {
    if (!current) return;
    // The client was reset: the server was let finish, and its words go nowhere.
    if (near.destroyed) return void far.destroy();
    const { fault } = current;
    if (fault.kind === 'half_open') return;
    answer = Buffer.concat([answer, bytes]);
    const whole = lengthOf(answer) === answer.length;
    if (fault.kind === 'pass' || fault.kind === 'latency') {
      current.answered += bytes.length;
      near.write(bytes);
      if (whole) end('whole');
    } else if (whole) {
      end('harmed');
      spoil(near, current, answer);
    }
  });

  near.on('close', () => {
    end('left');
    const isHeard = current?.fault.kind === 'reset' && current.fault.at === 'forwarded';
    if (!isHeard) far.destroy();
  });
  far.on('close', () => {
    if (current?.fault.kind === 'half_open') return;
    end('lost');
    near.destroy();
  });
}

/** Sends the request on, or does to it what the fault says. */
function forward({ near, far }: Pair, passage: Passage, whole: Buffer): void {
  const { fault } = passage;
  const send = (bytes: Buffer, then?: () => void) => {
    passage.forwarded += bytes.length;
    far.write(bytes, then);
  };
  if (fault.kind === 'swallow') return;
  if (fault.kind === 'latency') return void setTimeout(() => send(whole), fault.ms).unref();
  if (fault.kind !== 'reset' || fault.at !== 'request') send(whole);
  if (fault.kind !== 'reset') return;
  if (fault.at === 'request' || fault.at === 'forwarded') {
    passage.end = 'harmed';
    near.resetAndDestroy();
  }
}

/** Sends the answer up to where the fault begins, and breaks it there. */
function spoil(near: Socket, passage: Passage, answer: Buffer): void {
  const { fault } = passage;
  if (!('at' in fault) || fault.at === 'request' || fault.at === 'forwarded') return;
  const before = offsetOf(answer, fault.at);
  passage.answered = before;
  const begun = answer.subarray(0, before);
  switch (fault.kind) {
    case 'reset':
      return void near.write(begun, () => near.resetAndDestroy());
    case 'truncate':
      return void near.end(begun);
    case 'drip': {
      near.write(begun);
      const timer = setInterval(() => {
        const next = answer.subarray(passage.answered, passage.answered + 1);
        passage.answered += next.length;
        near.write(next);
        if (passage.answered >= answer.length) clearInterval(timer);
      }, fault.everyMs);
      near.once('close', () => clearInterval(timer));
    }
  }
}
