// A serving process that is killed at set moments and begun again, and remembers in which of its
// lives each post was seen.

import type { World } from '../../support/world.ts';

/** The process, killed while the posts with these numbers are under way, and begun again. */
export function mortal(world: World, atPosts: readonly number[]) {
  const [serve] = world.processes;
  const due = [...atPosts];
  const lifeOf = new Map<string, number>();
  let [life, posts] = [1, 0];
  let isDown = false;
  let up: Promise<void> | undefined = Promise.resolve();
  const killed: Promise<void>[] = [];
  return {
    lifeOf,
    now: () => life,
    /** Resolves when it takes requests again. */
    up: () => up ?? Promise.resolve(),
    kills: () => Promise.all(killed),
    /** Told of each post as it comes by. */
    saw(key: string): void {
      // What is seen while it is down may have been sent before.
      lifeOf.set(key, isDown ? life - 1 : life);
      posts += 1;
      if (isDown || due[0] === undefined || posts < due[0]) return;
      due.shift();
      // From this very moment on it writes nothing; what is under way belongs to the old life.
      const gone = serve?.kill();
      isDown = true;
      life += 1;
      up = gone?.then(() => serve?.start()).then(() => void (isDown = false));
      killed.push(this.up());
    },
  };
}

export type Mortal = ReturnType<typeof mortal>;
