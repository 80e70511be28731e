/** A generator of random numbers that a seed repeats: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** The seed of a run: another one each time, unless PARLEY_SEED says which. */
export function runSeed(): number {
  const given = process.env["PARLEY_SEED"];
  return given ? Number(given) : Math.floor(Math.random() * 2 ** 32);
}

/** Runs a test that depends on a seed, and tells the seed if it fails. */
export async function withSeed(
  run: (random: () => number, seed: number) => Promise<void>,
): Promise<void> {
  const seed = runSeed();
  try {
    await run(seeded(seed), seed);
  } catch (why) {
    throw new Error(`failed with PARLEY_SEED=${seed}: ${String(why)}`, {
      cause: why,
    });
  }
}
