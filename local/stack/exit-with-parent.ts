/**
 * Preloaded (`node --import`) into child processes that have an IPC channel to their parent. The channel closes
 * when the parent ends in any way, SIGKILL included, and the child then stops too.
 */
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(), 3_000).unref();
});
// Waiting for the parent must not keep the process alive.
process.channel?.unref();
