// Waiting for something to become true, and saying what did not.

/**
 * Asks again and again until the answer is true. What throws meanwhile counts as "not yet", and is told
 * at the end.
 * @param {() => unknown} question
 * @param {string} what for whoever reads that it did not
 * @param {number} patience milliseconds
 */
export async function wait(question, what, patience) {
  const end = performance.now() + patience
  let last
  do {
    try {
      if (await question()) return
      last = undefined
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  } while (performance.now() < end)
  throw new Error(`waited ${patience} ms in vain for ${what}`, { cause: last })
}
