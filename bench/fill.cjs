// Fills a price list with docxtemplater or carbone as their manuals say: node fill.cjs ENGINE FOLDER ROUNDS
// Prints the seconds of each round after one warm-up and the peak memory of the process in MB, as JSON.
const fs = require("node:fs");
const path = require("node:path");

const [engine, folder, rounds] = process.argv.slice(2);
const fields = JSON.parse(fs.readFileSync(path.join(folder, "fields.json"), "utf8"));
const template = path.join(folder, `${engine}.docx`);
const out = path.join(folder, "out.docx");

async function docxtemplater() {
  const PizZip = require("pizzip");
  const Docxtemplater = require("docxtemplater");
  const document = new Docxtemplater(new PizZip(fs.readFileSync(template)), { paragraphLoop: true });
  document.render(fields);
  fs.writeFileSync(out, document.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" }));
}

function carbone() {
  return new Promise((resolve, reject) => {
    require("carbone").render(template, fields, (error, result) => {
      if (error) return reject(error);
      fs.writeFileSync(out, result);
      resolve();
    });
  });
}

function peakMegabytes() {
  const line = fs.readFileSync("/proc/self/status", "utf8").split("\n").find((text) => text.startsWith("VmHWM"));
  return Number(line.match(/\d+/)[0]) / 1024;
}

async function main() {
  const fill = { docxtemplater, carbone }[engine];
  await fill();
  const seconds = [];
  for (let round = 0; round < Number(rounds); round++) {
    const started = process.hrtime.bigint();
    await fill();
    seconds.push(Number(process.hrtime.bigint() - started) / 1e9);
  }
  console.log(JSON.stringify({ seconds, megabytes: peakMegabytes() }));
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
