/**
 * Asks the probe every `pause` milliseconds until it gives something other than undefined, null or false. The test's
 * own time limit bounds it.
 */
export async function until<T>(
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  pause = 20,
): Promise<T> {
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
