// A registry in a process of its own: `registry-process.js IMAGES`. It prints its name, and changes images on request,
// one JSON array a line: `["put", index, text]`, `["remove", index]`.

import { createInterface } from 'node:readline';
import { createImage } from '../../src/demo/image.ts';
import { startRegistry } from '../../src/demo/registry.ts';

const registry = await startRegistry({ logLimit: 0 });
const put = (index: number, text: string): void => void registry.put(`team/app${index}`, '1', createImage({ text }));
for (let index = 0; index < Number(process.argv[2]); index += 1) put(index, 'first');
console.log(registry.name);
for await (const line of createInterface(process.stdin)) {
  const [action, index, text = ''] = JSON.parse(line);
  if (action === 'put') put(index, text);
  else registry.remove(`team/app${index}`, '1');
}
await registry.close();
