// A reporter of node:test: one line for each test or suite that was skipped.

module.exports = async function* listSkipped(events) {
  for await (const { type, data } of events) {
    const { name, file = '', skip, todo } = data ?? {};
    if (type !== 'test:pass' || (skip === undefined && todo === undefined)) continue;
    yield `${file}: ${name}: ${skip ?? todo}\n`;
  }
};
