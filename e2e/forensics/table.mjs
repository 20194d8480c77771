// A table for whoever reads what a command prints.

/** @param {string} title @param {Record<string, unknown>[]} rows of the same columns */
export function table(title, rows) {
  if (rows.length === 0) return `\n${title}: nothing\n`
  const names = Object.keys(rows[0])
  const width = names.map((name) => Math.max(...[name, ...rows.map((row) => String(row[name]))].map((cell) => cell.length)))
  const line = (cells) => `  ${cells.map((cell, at) => String(cell).padEnd(width[at])).join('  ').trimEnd()}`
  return ['', title, line(names), ...rows.map((row) => line(names.map((name) => row[name]))), ''].join('\n')
}
