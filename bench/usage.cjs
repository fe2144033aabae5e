// Loaded before the command: writes what the process used to the file that BENCH_USAGE names.

const { readFileSync, writeFileSync } = require('node:fs');

/** On Linux the kernel keeps the peak of this very program; getrusage counts that of the process that started it too. */
function peakBytes(maxRSS) {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return maxRSS * 1024;
  }
}

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1000, peakBytes: peakBytes(maxRSS) };
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});
