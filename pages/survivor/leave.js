// The way out (features.md 1.7). Stands alone: first script of the page, before and without all others.
// Empties the page at once, then replaces it; never waits. Cannot clear history nor stop spyware.
(function () {
  var root = document.documentElement, exit = document.currentScript.dataset.exit, view = window.visualViewport
  var count = 0, alone = 0, first, quiet

  function empty() { root.remove() }
  function leave() {
    var leaving = root.leaving
    empty()
    // Tells the others, and is not waited for. The chat's own code may be gone or stuck by now.
    try { if (leaving) navigator.sendBeacon(leaving[0], leaving[1]) } catch (e) { /* they see a dropped line */ }
    location.replace(exit)
    dispatchEvent(new Event('leave'))
  }
  function say(which) {
    var said = document.getElementById('leave-said')
    if (said) said.textContent = said.dataset[which] || ''
  }
  function forget() { count = 0; say() }

  addEventListener('pagehide', empty)
  addEventListener('pageshow', function (e) { if (e.persisted) empty() })
  if (self !== top) return

  // Scripts run, and modules are understood. Where one of ours does not arrive, the page says so.
  if ('noModule' in HTMLScriptElement.prototype) root.className = 'js'
  addEventListener('error', function (e) {
    if (!('booted' in root.dataset) && (e.target == window || e.target.localName == 'script')) root.className = ''
  }, true)

  function press(e) {
    if (e.button != 2 && e.target.closest && e.target.closest('#leave')) { e.preventDefault(); leave() }
  }
  addEventListener('click', press, true)
  addEventListener('auxclick', press, true)
  addEventListener('keydown', function (e) {
    if (e.key == ' ' && e.target.id == 'leave') return press(e)
    // A phone's own keyboard names no physical key.
    alone = e.key == 'Shift' && /^Shift/.test(e.code)
    if (!alone && count) forget()
  }, true)
  addEventListener('pointerdown', function () { alone = 0 }, true)
  addEventListener('keyup', function (e) {
    if (e.key != 'Shift' || !alone) return
    alone = 0
    if (!count || e.timeStamp - first > 5000) { count = 0; first = e.timeStamp }
    if (++count > 2) return leave()
    say(count > 1 ? 'one' : 'two')
    clearTimeout(quiet)
    quiet = setTimeout(forget, 5000 - e.timeStamp + first)
  }, true)

  // A keyboard on the screen, or a zoom by two fingers, must not push the way out from sight.
  function follow() {
    var bar = document.querySelector('.bar')
    if (!bar) return
    var moved = view.offsetTop || view.offsetLeft || view.scale != 1
    bar.style.transform = moved ? 'translate(' + view.offsetLeft + 'px,' + view.offsetTop + 'px) scale(' + 1 / view.scale + ')' : ''
    root.style.setProperty('--seen', view.height * view.scale + 'px')
  }
  if (view) { view.addEventListener('resize', follow); view.addEventListener('scroll', follow) }

  // How high the bar is, for what stays in sight below it: words wrap, and come in other languages.
  function measure() {
    var bar = document.querySelector('.bar')
    if (bar) new ResizeObserver(function () { root.style.setProperty('--bar', bar.offsetHeight + 'px') }).observe(bar)
  }
  if (self.ResizeObserver) addEventListener('DOMContentLoaded', measure)
})()
