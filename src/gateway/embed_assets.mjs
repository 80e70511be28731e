// Writes a C++ file that puts all files of some folders into the binary:
//
//   node embed_assets.mjs OUTPUT.cpp PATH=FOLDER...
//
// A folder's files are served under its PATH (empty: the root). Each is stored
// as it is and, where that is smaller, compressed with gzip and with Brotli, so
// that no request costs compression. The assembler takes the bytes in: as an
// array in C++ they would take the compiler minutes. OUTPUT.cpp.d tells the
// build what was read.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [output, ...roots] = process.argv.slice(2);
const folder = `${output}.bytes`;
const lookedAt = [];

/** The files below a folder, sorted, by their path in it. */
function filesOf(root) {
  const found = [];
  const visit = (at) => {
    lookedAt.push(at);
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) visit(path);
      else found.push(path);
    }
  };
  visit(root);
  return found.sort();
}

function brotli(bytes) {
  const { BROTLI_PARAM_SIZE_HINT, BROTLI_PARAM_QUALITY } = constants;
  return brotliCompressSync(bytes, {
    params: {
      [BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [BROTLI_PARAM_QUALITY]: 11,
    },
  });
}

let blobs = 0;
let assembler = "";

/** @returns a C++ expression for these bytes. */
function embed(bytes) {
  const name = `parley_asset_${blobs++}`;
  const path = join(folder, name);
  writeFileSync(path, bytes);
  assembler += `${name}:\n.incbin ${JSON.stringify(path)}\n`;
  return `{${name}, ${bytes.length}}`;
}

/** What is hardly smaller is not worth a second copy. */
function embedSmaller(bytes, than) {
  return bytes.length < than.length * 0.95 ? embed(bytes) : "{}";
}

mkdirSync(folder, { recursive: true });
const rows = [];
for (const root of roots) {
  const at = root.indexOf("=");
  const prefix = root.slice(0, at);
  const from = root.slice(at + 1);
  for (const file of filesOf(from)) {
    lookedAt.push(file);
    const bytes = readFileSync(file);
    const inside = relative(from, file).split(sep).join("/");
    const path = prefix ? `${prefix}/${inside}` : inside;
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
    const forms = [
      embed(bytes),
      embedSmaller(gzipSync(bytes, { level: 9 }), bytes),
      embedSmaller(brotli(bytes), bytes),
    ];
    rows.push(`    {${JSON.stringify(path)}, "${hash}", ${forms.join(", ")}},`);
  }
}

const symbols = Array.from(
  { length: blobs },
  (_, i) => `extern const char parley_asset_${i}[];`,
);
writeFileSync(
  output,
  `#include "gateway/assets.hpp"

__asm__(R"(
.pushsection .rodata
${assembler}.popsection
)");

extern "C" {
${symbols.join("\n")}
}

namespace parley::gateway {

namespace {

const asset table[] = {
${rows.join("\n")}
};

} // namespace

std::span<const asset> assets() { return table; }

} // namespace parley::gateway
`,
);
const escaped = lookedAt.map((x) => x.replace(/([ #])/g, "\\$1"));
writeFileSync(`${output}.d`, `${output}: ${escaped.join(" ")}\n`);
