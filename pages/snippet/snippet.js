// Says whether chat is open, and opens it in place of this page, so that Back does not lead here
// (features.md 1.3, 1.7). It keeps nothing, and tells nobody who was here. Where it does not run, the link
// opens the chat all the same, and the hours stand below it.
(function () {
  var MINUTE = 60000, asked = -MINUTE
  function all(what, inside) { return [].slice.call((inside || document).querySelectorAll(what)) }

  function say(box, status) {
    var next = status.open === false && status.next ? new Date(status.next) : 0
    var holds = { open: status.open === true, closed: status.open === false, next: next > Date.now() }
    all('[data-when]', box).forEach(function (part) { part.hidden = !holds[part.dataset.when] })
    if (holds.next) {
      box.querySelector('time').textContent = next.toLocaleString(box.lang, { weekday: 'long', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' })
    }
  }

  // At most once a minute, and only while somebody looks. No answer is to be kept: it would name the chat in the cache.
  function ask() {
    if (document.hidden || performance.now() - asked < MINUTE) return
    asked = performance.now()
    all('[data-chat]').forEach(function (box) {
      fetch(box.dataset.status, { cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' })
        .then(function (answer) { return answer.json() })
        .catch(function () { return {} }) // not known: nothing is said, and the hours stand
        .then(function (status) { say(box, status) })
    })
  }

  // What differed on a date that is over everywhere: this page may be older than that.
  function hidePast() {
    var before = new Date(Date.now() - 720 * MINUTE).toISOString()
    all('[data-chat] [data-date]').forEach(function (part) { part.hidden = part.dataset.date < before.slice(0, 10) })
  }

  document.addEventListener('click', function (event) {
    var link = event.target.closest('[data-chat-link]')
    if (!link || event.defaultPrevented || event.button || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    // What a script opens would otherwise hear of this page's address.
    var quiet = document.createElement('meta')
    quiet.name = 'referrer'
    quiet.content = 'no-referrer'
    document.head.appendChild(quiet)
    location.replace(link.href)
  })
  document.addEventListener('visibilitychange', ask)
  setInterval(ask, MINUTE / 4)
  hidePast()
  ask()
})()
