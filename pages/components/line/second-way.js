// The second way to the relay (features.md 3.8, 6.6; docs/decisions/0042): the frames of a line over plain requests, where
// something between here and the relay breaks WebSocket. Loaded only then. It makes an EventTarget behave as a WebSocket
// does, as far as our pages use one; a connection that is cut is taken up again, and nothing is lost or doubled by it.
// What it carries it cannot read, and no browser keeps it: every request is a POST, and no address says anything.
const AT_ONCE = 0, ONE_ANSWER = 1, STREAM = 2
const GOES_ON = 0, CLOSES = 1, PAGE_GOES = 2

// How long a stream may take to show that it flows, which the relay lets it do after a second. Something that keeps answers
// back until they are whole, perhaps all but what comes with their head, shows nothing by then: from then on one answer at
// a time is asked for.
const FLOWS = 3000, LATE = 500
// How long a stream may be silent, and one answer or a post may take: twice what the relay lets pass, and a margin.
const SILENT = 25_000
// For how long everything may go wrong before the line is taken for dropped.
const DROPPED = 15_000
const AGAIN_FIRST = 150, AGAIN_LONGEST = 2000
// Bytes after which no further frame goes into a post; what a browser sends while the page goes; the longest frame.
const TOGETHER = 32 * 1024, WHILE_GOING = 60 * 1024, LONGEST = 1024 * 1024

let manner = STREAM

const pause = wait => new Promise(done => setTimeout(done, wait))

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

function number(value, bytes) {
  const field = new DataView(new ArrayBuffer(8))
  field.setBigUint64(0, BigInt(value))
  return new Uint8Array(field.buffer, 8 - bytes)
}

// Carries `line` to the relay at this origin; where it is empty, to the page's own.
export function carry(line, relay) {
  const session = crypto.getRandomValues(new Uint8Array(16))
  const unconfirmed = []
  let first = 1, received = 0, failing, asking, posting, over

  const tell = event => { if (!over) line.dispatchEvent(event) }
  for (const kind of ['open', 'message']) line.addEventListener(kind, event => line['on' + kind]?.(event))

  function stop() {
    over = true
    removeEventListener('pagehide', goes)
    asking?.abort()
    posting?.abort()
  }

  function drop() {
    if (over) return
    stop()
    line.dispatchEvent(new Event('close'))
  }

  const post = (path, body, more) => fetch(relay + path, { method: 'POST', body, credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', ...more })

  // One request, whose answer `read` reads. Whoever answers that there is no such line, ends it; of all else it is said
  // whether it went well.
  async function ask(path, body, stopping, within, read) {
    let timer
    const wait = within => {
      clearTimeout(timer)
      timer = setTimeout(() => stopping.abort(), within)
    }
    wait(within)
    try {
      const answer = await post(path, body, { signal: stopping.signal })
      if (answer.status != 200) {
        if (answer.status < 500) drop()
        return
      }
      await read(answer, wait)
      failing = undefined
      return true
    } catch { /* cut, or too late: it is asked again */ } finally { clearTimeout(timer) }
  }

  // Waits a little longer each time, until the line is taken for dropped.
  async function again(tries) {
    failing ??= performance.now()
    if (performance.now() - failing > DROPPED) drop()
    await pause(Math.min(AGAIN_FIRST * 2 ** tries, AGAIN_LONGEST))
  }

  // Hands on the whole frames in these bytes, and returns what is left.
  function take(bytes) {
    const view = new DataView(bytes.buffer)
    let at = 0
    while (bytes.length - at >= 4) {
      const length = view.getUint32(at)
      if (length > LONGEST) drop()
      if (over || bytes.length - at - 4 < length) break
      const data = bytes.slice(at + 4, at += 4 + length).buffer
      // A sign of life is empty.
      if (length) {
        received += 1
        tell(new MessageEvent('message', { data }))
      }
    }
    return bytes.slice(at)
  }

  // Every answer of the relay's has a sign of life in it: one without is somebody else's.
  async function listen(manner) {
    const began = performance.now()
    let signs = 0, flows = manner != STREAM
    asking = new AbortController()
    const body = joined(session, number(received, 8), [manner])
    const whole = await ask('/d', body, asking, flows ? SILENT : FLOWS, async (answer, wait) => {
      const reader = answer.body.getReader()
      for (let rest = new Uint8Array();;) {
        const { done, value } = await reader.read()
        if (done || over) return
        signs += 1
        failing = undefined
        flows ||= performance.now() - began > LATE
        wait(flows ? SILENT : FLOWS)
        rest = take(joined(rest, value))
      }
    })
    return { whole: whole && signs > 0, keptBack: !flows && performance.now() - began > 2 * LATE }
  }

  // After whatever went wrong the relay is asked to answer at once: that shows that it is there, however short a time
  // connections are left to stand.
  async function keepListening() {
    let tries = 0, begun
    while (!over) {
      if (!begun || tries) {
        const { whole } = await listen(AT_ONCE)
        if (!whole) {
          // What does not begin is left for the other way.
          if (!begun && tries) drop()
          await again(tries++)
          continue
        }
        tries = 0
        if (!begun) tell(new Event('open'))
        begun = true
      }
      const { whole, keptBack } = await listen(manner)
      if (keptBack) manner = ONE_ANSWER
      if (!whole) tries = 1
    }
  }

  function packed(then, most) {
    const parts = [session, number(first, 8), number(received, 8), [then]]
    let bytes = 0
    for (const frame of unconfirmed) {
      if (bytes > most) break
      parts.push(number(frame.length, 4), frame)
      bytes += 4 + frame.length
    }
    return joined(...parts)
  }

  async function say() {
    if (posting) return
    for (let tries = 0; unconfirmed.length && !over;) {
      posting = new AbortController()
      const sent = await ask('/u', packed(GOES_ON, TOGETHER), posting, SILENT, async answer => {
        const taken = Number(new DataView(await answer.arrayBuffer()).getBigUint64(0)) + 1 - first
        if (!(taken >= 0 && taken <= unconfirmed.length)) return drop()
        unconfirmed.splice(0, taken)
        first += taken
      })
      if (sent) tries = 0
      else await again(tries++)
    }
    posting = undefined
  }

  // What was said before still leaves, even while the page goes.
  function close(then) {
    if (over) return
    stop()
    const body = packed(then, WHILE_GOING)
    post('/u', body, { keepalive: body.length < WHILE_GOING }).catch(() => {})
  }

  const goes = () => close(PAGE_GOES)
  addEventListener('pagehide', goes)
  line.close = () => close(CLOSES)
  line.send = frame => {
    // The bytes are the sender's again once this returns.
    unconfirmed.push(frame.slice())
    say()
  }
  keepListening()
}
