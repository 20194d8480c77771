// Files that are in memory alone: what a process has open in shared memory or in a file that has no name.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

/** Those of this process and all that it maps. @returns {{name: string, bytes: Buffer}[]} */
export function memoryFiles(pid) {
  const open = readdirSync(`/proc/${pid}/fd`).flatMap((number) => {
    const path = `/proc/${pid}/fd/${number}`
    try { return [{ name: readlinkSync(path), path }] } catch { return [] }
  })
  const mapped = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').flatMap((line) => {
    const [range, , , , inode, name = ''] = line.split(/ +/)
    return inode && inode !== '0' ? [{ name, path: `/proc/${pid}/map_files/${range}` }] : []
  })
  return [...open, ...mapped].filter(({ name }) => /^\/dev\/shm\/|^\/memfd:|^\/tmp\//.test(name)).flatMap(({ name, path }) => {
    try { return [{ name, bytes: readFileSync(path) }] } catch { return [] }
  })
}
