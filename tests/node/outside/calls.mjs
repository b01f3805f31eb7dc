// The calls of a test to a client in its own process. An error of the client goes back as data.

/** @param {Record<string, (...args: any[]) => unknown>} handlers by the name that the test calls */
export function answerCalls(handlers) {
  process.on('message', async (/** @type {{ id: number, name: string, args: unknown[] }} */ { id, name, args }) => {
    try {
      process.send?.({ id, value: await handlers[name](...args) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
}
