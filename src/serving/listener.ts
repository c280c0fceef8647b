// One connection that hears what other processes say through PostgreSQL. It breaks with the server
// and comes back by itself; whoever listens has a slower way to learn the same.

import pg from 'pg';

const RECONNECT_MS = 1_000;

/** Listens on channels until closed. `on` gets a channel and what was said. */
export function listen(
  url: string,
  channels: readonly string[],
  on: (channel: string, payload: string) => void,
): { close(): Promise<void> } {
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: 'sluice listener' });
    next.on('error', again);
    next.on('end', again);
    next.on('notification', ({ channel, payload }) => on(channel, payload ?? ''));
    client = next;
    await next.connect();
    for (const channel of channels) await next.query(`listen ${channel}`);
  }

  function again(): void {
    client?.removeAllListeners('end');
    if (closed || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      void connect().catch(again);
    }, RECONNECT_MS).unref();
  }

  void connect().catch(again);
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
