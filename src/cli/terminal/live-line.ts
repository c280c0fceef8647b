// One line of a terminal that is written over and over, for what takes a while.

/** Writes over the line before; an empty text wipes it. */
export function liveLine(stream: NodeJS.WriteStream): (text: string) => void {
  return (text) => void stream.write(`\r${text}\u001b[K`);
}
