// Waiting for something to become true, and saying what did not. Nothing is waited for without an end: a browser
// that hangs fails one scenario, and does not keep the others from running.

/**
 * What comes of this promise, unless it takes too long.
 * @template T
 * @param {Promise<T> | T} promise
 * @param {string} what for whoever reads that it did not come
 * @param {number} patience milliseconds
 * @returns {Promise<T>}
 */
export async function within(promise, what, patience) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${patience} ms in vain for ${what}`)), patience)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Asks again and again until the answer is true. What throws meanwhile counts as "not yet", and is told
 * at the end, as is a question that is never answered.
 * @param {() => unknown} question
 * @param {string} what for whoever reads that it did not
 * @param {number} patience milliseconds
 */
export async function wait(question, what, patience) {
  const end = performance.now() + patience
  let last
  do {
    try {
      if (await within(question(), 'an answer', Math.max(end - performance.now(), 1))) return
      last = undefined
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  } while (performance.now() < end)
  throw new Error(`waited ${patience} ms in vain for ${what}`, { cause: last })
}

/** After this many milliseconds a press that had no effect is made again. */
const AGAIN = 3_000

/**
 * Does something until it has had its effect. A browser that is busy can lose a press, and whoever sees that
 * nothing happens presses again.
 * @param {() => unknown} act
 * @param {() => unknown} effect
 * @param {string} what for whoever reads that it had none
 * @param {number} patience milliseconds
 * @param {number} [again] milliseconds
 */
export async function actUntil(act, effect, what, patience, again = AGAIN) {
  await wait(async () => {
    await act()
    await wait(effect, what, again)
    return true
  }, what, patience)
}
