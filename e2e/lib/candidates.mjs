// What on a page a driver has to ask its browser about, who says with which role and name a screen reader finds it.
// The question is dear: WebKit answers each over HTTP, and Firefox draws the whole page twice before it says of
// something hidden that nobody finds it. So what cannot be meant is left out first.

/** How what has a role is written, beside `role`. */
const WRITTEN = {
  button: 'button, summary, input',
  checkbox: 'input',
  combobox: 'select, input',
  group: 'fieldset, details, optgroup',
  heading: 'h1, h2, h3, h4, h5, h6',
  link: 'a[href]',
  list: 'ul, ol, menu',
  radio: 'input',
  region: 'section',
  textbox: 'input, textarea, [contenteditable]',
}

/** The selector of what may have this role. */
export const written = (role) => [WRITTEN[role], `[role="${role}"]`].filter(Boolean).join()

/** In the page: what is written so, is seen, and could have this name, from wherever a name can come. */
export function candidates(written, name) {
  const bare = (text) => text.replaceAll(/\s+/g, '')
  const said = (one) => [
    one.textContent, one.value, ...[...one.labels ?? []].map((label) => label.textContent),
    ...['aria-label', 'title', 'placeholder', 'alt'].map((attribute) => one.getAttribute(attribute)),
    ...(one.getAttribute('aria-labelledby') ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent),
  ]
  const inside = (one) => [...one.querySelectorAll('[aria-label], [title], [alt]')].flatMap(said)
  const seen = (one) => {
    const { width, height } = one.getBoundingClientRect()
    return width > 0 && height > 0 && one.checkVisibility({ visibilityProperty: true })
  }
  return [...document.querySelectorAll(written)].filter((one) =>
    seen(one) && bare([...said(one), ...inside(one)].join(' ')).includes(bare(name)))
}
