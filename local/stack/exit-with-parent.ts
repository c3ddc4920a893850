/**
 * Preloaded (`node --import`) into child processes that have an IPC channel to their parent. The channel closes
 * when the parent ends in whatever way, SIGKILL included, and the child then stops too instead of lingering.
 */
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(), 3_000).unref();
});
// Waiting for the parent's end is no reason to stay alive.
process.channel?.unref();
