// The page opened cold by somebody with a slow phone on a slow line: four times slower processor,
// 1.6 Mbit/s, 150 ms there and back. When the first text is there to read, and when a chat could begin.
import { launchChromium } from '../lib/browsers.mjs'
import { figure, median } from '../lib/figures.mjs'
import { onDuty } from '../lib/people.mjs'
import { startDemo } from '../lib/stillroom.mjs'

const TIMES = 5
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 }

const program = await startDemo()
const browser = await launchChromium()
const desk = await onDuty(browser, program.desk)
const [texts, ready] = [[], []]
for (let time = 0; time < TIMES; time++) {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  const tools = await page.context.newCDPSession(page.raw)
  await tools.send('Network.enable')
  await tools.send('Network.emulateNetworkConditions', LINE)
  await tools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await page.goto(program.visitor)
  await page.until(() => performance.getEntriesByName('first-contentful-paint').length > 0)
  texts.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime))
  // The core is the last file that a chat needs; from its arrival on it is compiled.
  await page.until(() => {
    const core = performance.getEntriesByType('resource').find((one) => one.name.endsWith('.wasm') && one.responseEnd > 0)
    return core && !document.getElementById('start').disabled
  })
  ready.push(await page.evaluate(() => Math.max(...performance.getEntriesByType('resource').map((one) => one.responseEnd))))
  await page.close()
}
figure(`first text shown, median of ${TIMES}`, median(texts) / 1000, 's', { first: 0.6, end: 0.4 })
figure('everything that a chat needs is there', median(ready) / 1000, 's', { first: 2, end: 1.2 })
await desk.close()
await browser.close()
await program.stop()
