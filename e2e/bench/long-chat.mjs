// A long chat: what a thousand messages cost the survivor's page in memory, and how long the way out takes with five
// hundred, on a processor six times slower and with no network: until the frame that shows nothing of them, and until
// the page is empty.
import { launchChromium } from '../lib/browsers.mjs'
import { figure, median } from '../lib/figures.mjs'
import { meet, onDuty, startChat } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const program = await startDemo()
const browser = await launchChromium()
const desk = await onDuty(browser, program.desk)

/** Writes so many messages from the survivor's page, and waits until each was received. */
async function write(page, from, count) {
  for (let number = from; number < from + count; number++) {
    await page.evaluate((text) => {
      document.getElementById('message').value = text
      document.getElementById('composer').requestSubmit()
    }, `Message ${number}, as long as most people write, which is about a line of text.`)
    // As fast as the page may go: the relay takes thirty frames a second.
    if (number % 25 === 24) {
      await page.until((count) => {
        const all = [...document.querySelectorAll('#messages .message')]
        return all.length >= count && !all.some((one) => one.textContent.includes('Sending'))
      }, number + 1)
    }
  }
}

async function memory(page) {
  const tools = await page.context.newCDPSession(page.raw)
  await tools.send('HeapProfiler.collectGarbage')
  const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await tools.send('Runtime.getHeapUsage')
  return usedSize + embedderHeapUsedSize + backingStorageSize
}

/** A chat of so many messages. */
async function chatOf(count) {
  const page = await startChat(browser, program.visitor)
  await meet(page, desk)
  const idle = await memory(page)
  await write(page, 0, count)
  return { page, idle }
}

const long = await chatOf(1_000)
figure('memory of the page after 1,000 messages, above idle', (await memory(long.page) - long.idle) / 1e6, 'MB', { first: 10, end: 5 })
await long.page.close()

// The press, with everything that hangs on it; then what the browser does for the next frame, not the wait for its turn;
// and when the page was empty, which what watches the document hears of. A message to itself comes when a frame is drawn.
const [blank, emptied] = [[], []]
for (let time = 0; time < 3; time++) {
  const { page } = await chatOf(500)
  const tools = await page.context.newCDPSession(page.raw)
  // Where nothing answers, this page is here until it is empty.
  await page.raw.route('https://**', () => {})
  await page.context.setOffline(true)
  await tools.send('Emulation.setCPUThrottlingRate', { rate: 6 })
  const [press, frame, empty] = await page.evaluate(async () => {
    const { port1, port2 } = new MessageChannel()
    const drawn = new Promise((done) => requestAnimationFrame((begin) => {
      port1.onmessage = () => done(performance.now() - begin)
      begin = performance.now()
      port2.postMessage('')
    }))
    const start = performance.now()
    const empty = new Promise((done) => {
      new MutationObserver(() => done(performance.now() - start)).observe(document, { childList: true })
    })
    document.getElementById('leave').click()
    return Promise.all([performance.now() - start, drawn, empty])
  })
  blank.push(press + frame)
  emptied.push(empty)
  await page.close()
}
figure('way out, 500 messages, 6x slower: work until a frame shows nothing', median(blank), 'ms', { first: 50, end: 17 })
figure('the same: press to emptied, median of 3', median(emptied), 'ms', {})
await browser.close()
await program.stop()
