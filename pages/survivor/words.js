// The page's words in another language (features.md 1.5). The same page is asked for once more, in that language,
// and its words take the place of those that are here. Nothing else changes: no address, no history, nothing that
// is kept; what is typed, chosen and in focus stays. What was said in a chat stays as it was said.
const root = document.documentElement
const at = id => document.getElementById(id)
const choice = at('language')
const readable = [...choice.options].filter(option => option.dataset.words)
const ATTRIBUTES = ['lang', 'dir', 'aria-label', 'data-one', 'data-two', 'data-hours']
let shown = choice.selectedOptions[0], asked

// The advice is moved from the first screen to the last.
const parts = node => [...(node.content || node).childNodes].filter(({ id }) => id != 'advice')
const alike = (one, other) => one.nodeName == other.nodeName && one.id == other.id

// What the page fills itself is empty in the document that comes. What it said already, and says once, is empty
// here. Both are left alone.
function reword(here, there, other) {
  for (const name of ATTRIBUTES) if (there.hasAttribute(name)) here.setAttribute(name, there.getAttribute(name))
  const into = here.content || here
  const old = parts(here)
  // What has been taken off this page stays off.
  const words = parts(there).filter(({ id }) => !id || old.some(part => part.id == id))
  if (!words.length || !old.length) return
  if (old.length == words.length && old.every((part, place) => alike(part, words[place]))) {
    old.forEach((part, place) => part.nodeType == Node.ELEMENT_NODE ? reword(part, words[place], other) : part.data = words[place].data)
  } else if (!into.querySelector('[id]')) {
    // A list that has become longer or shorter since this page was opened.
    into.replaceChildren(...words)
  } else {
    for (const part of old) {
      const same = part.id && other.getElementById(part.id)
      if (same) reword(part, same, other)
    }
  }
}

function say(name, failed) {
  const text = at('texts').content.querySelector(`[data-text=${name}]`).textContent
  at('language-now').className = failed ? 'small' : 'unseen'
  at('language-now').textContent = text.replace('{language}', shown.text)
}

function take(other, option) {
  root.lang = other.documentElement.lang
  root.dir = other.documentElement.dir
  reword(document.body, other.body, other)
  reword(at('advice'), other.getElementById('advice'), other)
  shown = option
  document.dispatchEvent(new Event('words'))
  say('language-now')
}

// Parsed as a document of its own: no script in it runs, and nothing that it names is loaded.
function ask(option) {
  asked?.abort()
  const request = asked = new XMLHttpRequest()
  const end = () => {
    if (!root.isConnected) return // left meanwhile
    const other = request.status == 200 ? request.response : null
    if (other?.getElementById('texts')) {
      // Another version of the policy may have other questions and choices than those that are here: they stay as they are.
      if (other.documentElement.dataset.version != root.dataset.version) for (const asked of other.querySelectorAll('.asked')) asked.remove()
      return take(other, option)
    }
    shown.selected = true
    say('language-not-loaded', true)
  }
  request.open('GET', option.dataset.words)
  request.responseType = 'document'
  request.onload = request.onerror = end
  request.send()
}

choice.addEventListener('change', () => {
  const option = choice.selectedOptions[0]
  if (option.dataset.words && option != shown) ask(option)
})
// Once an advocate was asked for, the chat's own language is settled.
choice.addEventListener('focus', () => {
  const settled = !/before|safety|rights|questions/.test(root.dataset.screen)
  for (const option of choice.options) option.hidden = option.disabled = settled && !option.dataset.words && !option.selected
})

// Where the server cannot choose by what the browser asks for, the page does.
function preferred() {
  const whole = tag => {
    const { language, script } = new Intl.Locale(tag).maximize()
    return language + script
  }
  for (const tag of navigator.languages) {
    const fits = [({ lang }) => lang.toLowerCase() == tag.toLowerCase(), ({ lang }) => whole(lang) == whole(tag)]
    for (const fit of fits) {
      const option = readable.find(fit)
      if (option) return option
    }
  }
}
if (root.dataset.relay) {
  const option = preferred()
  if (option && option != shown) {
    option.selected = true
    ask(option)
  }
}
