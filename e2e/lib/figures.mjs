// A figure beside its targets, as `docs/benchmarks.md` lists them.

const place = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]

export const median = (values) => place(values, 0.5)

/** The value below which 99 in 100 lie. */
export const nearlyAll = (values) => place(values, 0.99)

/**
 * Prints one figure.
 * @param {string} what
 * @param {number} measured
 * @param {string} unit
 * @param {{first?: number, end?: number}} targets due with the first issue, and at the end
 */
export function figure(what, measured, unit, { first, end }) {
  const target = [first, end].map((one) => one ?? '–').join(' / ')
  console.log(`${what.padEnd(70)} ${measured.toFixed(1).padStart(8)} ${unit.padEnd(3)} (first / end: ${target})`)
}
