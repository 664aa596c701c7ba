// One llama.cpp from npm's prebuilt binaries, for rivals.py: the same protocol, see there.
//   node node_llama.mjs MODULES GGUF FLASH IDS BEGAN [THREADS]
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import {pathToFileURL} from "node:url";

const CONTEXT = 4096;
const [modules, file, flash, idsFile, began, threads] = process.argv.slice(2);
const library = path.join(modules, "node_modules", "node-llama-cpp", "dist", "index.js");
const {getLlama} = await import(pathToFileURL(library));
const llama = await getLlama({gpu: false, build: "never", progressLogs: false, logLevel: "error"});
const model = await llama.loadModel({modelPath: file});
const options = {contextSize: CONTEXT, flashAttention: flash === "on"};
if (threads) options.threads = Number(threads);
const context = await model.createContext(options);
const sequence = context.getSequence();
const ids = JSON.parse(fs.readFileSync(idsFile, "utf8"));
const tell = (said) => process.stdout.write(JSON.stringify(said) + "\n");
const rss = () => process.memoryUsage().rss;
tell({load_s: Date.now() / 1000 - Number(began), rss: rss(), threads: context.currentThreads || context.idealThreads});

for await (const line of readline.createInterface({input: process.stdin})) {
    const [prompt, answer] = line.split(" ").map(Number);
    await sequence.clearHistory();
    const start = performance.now();
    let first = start, count = 0;
    for await (const token of sequence.evaluate(ids.slice(0, prompt), {temperature: 0, yieldEogToken: true})) {
        if (count === 0) first = performance.now();
        count += 1;
        if (count === answer) break;
    }
    const end = performance.now();
    if (count !== answer) throw new Error(`${count} tokens instead of ${answer}`);
    tell({prefill_s: (first - start) / 1000, decode_s: (end - first) / 1000, peak: rss()});
}
process.exit(0);
