// Prints the closing line of a test run from Vitest's JSON report. A report that cannot be read is a failed run.
import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file, 'utf8'));
// A test file that could not be loaded holds no test, but it failed.
const brokenFiles = report.testResults.filter(
  (one) => one.status === 'failed' && one.assertionResults.length === 0,
).length;
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
console.log(`${report.numPassedTests} passed, ${report.numFailedTests + brokenFiles} failed${skipped}`);
