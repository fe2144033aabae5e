// Files that the kernel makes up as they are read: /proc, /sys and their like. Some never end, some hold the secrets of
// processes, and none was written by a person.

import { statfs } from 'node:fs/promises';
import { asUnreadable } from '../file/file-failure.ts';

/** Linux, `include/uapi/linux/magic.h`. */
const KERNEL_FILE_SYSTEMS = new Set([
  0x9fa0, // proc
  0x6265_6572, // sysfs
  0x27_e0eb, // cgroup
  0x6367_7270, // cgroup2
  0x6462_6720, // debugfs
  0x7472_6163, // tracefs
  0x7363_6673, // securityfs
  0x6265_6570, // configfs
  0xcafe_4a11, // bpf
  0x1cd1, // devpts
]);

/** Whether the file or folder is one; false when it is not there. */
export async function isKernelFile(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    return KERNEL_FILE_SYSTEMS.has((await statfs(path)).type);
  } catch (error) {
    asUnreadable(error);
    return false;
  }
}
