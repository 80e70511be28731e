/** So long a test waits for something before it fails. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 20;

/** Looks again and again until it is so. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  patience = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it did not come true: ${what}`);
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}
