// What a screen reader finds on a page, from the browser's own accessibility tree: one line for each thing
// that it stops at, in the order in which it reads; and what the page has it say of its own accord.

/** Roles that are passed over themselves: what is in them is read. */
const SILENT = new Set(['none', 'generic', 'paragraph', 'RootWebArea', 'LabelText', 'Legend', 'Section', 'emphasis', 'strong', 'listitem', 'term'])
/** Roles whose name is all that is read of them. */
const WHOLE = new Set(['heading', 'button', 'link', 'radio', 'checkbox', 'textbox', 'image', 'combobox', 'DisclosureTriangle'])
/** What a tree holds besides, for the browser alone. */
const BESIDE = new Set(['InlineTextBox', 'ListMarker', 'LineBreak'])

/** What a person hears where the tree has a word for machines. */
const CALLED = { StaticText: '', DisclosureTriangle: 'details', combobox: 'choice', complementary: 'aside' }

const value = (property) => property?.value ?? ''
const states = (node) => Object.fromEntries((node.properties ?? []).map(({ name, value: { value } }) => [name, value]))

function line(node) {
  const role = value(node.role)
  const name = value(node.name).trim()
  const { level, checked, expanded, disabled } = states(node)
  const called = CALLED[role] ?? role
  const words = [level ? `${called} ${level}` : called, name && `“${name}”`]
  if (checked !== undefined) words.push(checked === 'true' ? 'chosen' : 'not chosen')
  if (expanded !== undefined) words.push(expanded ? 'unfolded' : 'folded')
  if (disabled) words.push('not available')
  if (role === 'combobox') words.push(`is “${value(node.value)}”`)
  const description = value(node.description).trim()
  if (description) words.push(`(${description})`)
  return words.filter(Boolean).join(' ')
}

/** Every line, from the top of the page to its end: a list for each of the page's regions. */
export async function spoken(page) {
  const client = await page.context.newCDPSession(page.raw)
  await client.send('Accessibility.enable')
  const { nodes } = await client.send('Accessibility.getFullAXTree')
  await client.detach()
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const lines = []
  const read = (node, depth) => {
    const role = value(node.role)
    if (BESIDE.has(role) || (role === 'StaticText' && !value(node.name).trim())) return
    const passed = node.ignored || SILENT.has(role)
    if (!passed) lines.push('  '.repeat(depth) + line(node))
    if (!passed && WHOLE.has(role)) return
    for (const id of node.childIds ?? []) if (byId.has(id)) read(byId.get(id), passed ? depth : depth + 1)
  }
  read(nodes[0], 0)
  const regions = []
  for (const line of lines) {
    if (!line.startsWith(' ')) regions.push([])
    regions.at(-1)?.push(line)
  }
  return regions
}

/** Where a screen reader is: what has the focus. */
export async function focus(page) {
  const client = await page.context.newCDPSession(page.raw)
  const { result } = await client.send('Runtime.evaluate', { expression: 'document.activeElement' })
  const { nodes } = await client.send('Accessibility.getPartialAXTree', { objectId: result.objectId, fetchRelatives: false })
  await client.detach()
  return line(nodes[0])
}

/** From now on, notes whatever the page says of its own accord. Called before the page is opened. */
export async function listen(page) {
  await page.raw.addInitScript(() => {
    window.announced = []
    const of = (node) => (node.nodeType === 1 ? node : node.parentElement)
    const watch = () => new MutationObserver((changes) => {
      for (const { target, addedNodes, type } of changes) {
        const region = of(target)?.closest('[role=status], [role=alert], [role=log]')
        if (!region || of(target).closest('[aria-live=off]')) continue
        const changed = region.getAttribute('role') === 'log' ? [...addedNodes] : [region]
        if (type === 'characterData' && region.getAttribute('role') === 'log') continue
        for (const node of changed) {
          const text = (node.innerText ?? node.textContent).replaceAll(/\s+/g, ' ').trim()
          if (text && window.announced.at(-1) !== text) window.announced.push(text)
        }
      }
    }).observe(document, { childList: true, subtree: true, characterData: true })
    watch()
  })
}

/** What was said of its own accord since the last time this was asked. */
export const announced = (page) => page.evaluate(() => window.announced.splice(0))
