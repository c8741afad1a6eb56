// SPDX-License-Identifier: Apache-2.0
// Lengths of files, functions and comments, beside the anchors of the house style: a file of 150 to 600 lines,
// a function of 10 to 40, past 70 a second one inside; a header that tells the whole contract.
import { functions, lines } from "./source.mjs";

const at = (list, q) => list[Math.min(list.length - 1, Math.floor(list.length * q))] ?? 0;
const sorted = list => [...list].sort((a, b) => a - b);
const share = (n, of) => `${of ? Math.round(100 * n / of) : 0} %`;

function commentLines(text) {
	return [...text.matchAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g)].map(m => lines(m[0]).length);
}

// Declarations of a header with a comment right above them, or above the group they stand in.
function contracts(text) {
	let told = 0, all = 0, above = false;
	for (const l of lines(text)) {
		if (/\*\/\s*$/.test(l)) above = true;
		else if (/^\s*$/.test(l)) above = false;
		if (/^(?!static|typedef|#|\s|\*|\/)[a-z][\w \t*]*\b[a-z_0-9]+\(/.test(l)) { all++; told += above ? 1 : 0; }
	}
	return [told, all];
}

function row(name, files) {
	const f = sorted(files.map(([, t]) => lines(t).length));
	const fn = sorted(files.flatMap(([, t]) => functions(t).map(x => x.length)));
	const blocks = sorted(files.flatMap(([, t]) => commentLines(t)));
	const total = f.reduce((a, b) => a + b, 0), comments = blocks.reduce((a, b) => a + b, 0);
	return [name, files.length, total, at(f, 0.5), at(f, 0.9), at(f, 1), fn.length, at(fn, 0.5), at(fn, 0.9), at(fn, 1),
		share(fn.filter(n => n > 70).length, fn.length), share(comments, total), at(blocks, 0.5), at(blocks, 1)];
}

export function measure({ read }, onlyTests) {
	const of = re => [...read].filter(([f]) => re.test(f));
	const rooms = [...new Set(of(/^src\/[a-z0-9]+\/.*\.c$/).map(([f]) => f.split("/")[1]))].sort();
	const rows = [
		["", "files", "lines", "median", "9 of 10", "most", "functions", "median", "9 of 10", "most", "over 70", "comments", "median", "most"],
		["anchor", "", "", "150-600", "600", "700", "", "10-40", "70", "100", "0 %", "", "", ""],
		...rooms.map(r => row(r, of(new RegExp(`^src/${r}/.*\\.c$`)))),
		row("all of src", of(/^src\/.*\.c$/)), row("headers", of(/^src\/.*\.h$/)), row("tests", of(/^(test|fuzz)\/.*\.c$/)),
	];
	const width = rows[0].map((_, i) => Math.max(...rows.map(r => String(r[i]).length)));
	for (const r of rows)
		console.log(r.map((v, i) => i ? String(v).padStart(width[i]) : String(v).padEnd(width[i])).join("  "));
	let told = 0, all = 0;
	for (const [, t] of of(/^src\/.*\.h$/)) { const [x, y] = contracts(t); told += x; all += y; }
	console.log(`functions of headers with their contract above them or above their group: ${told} of ${all} (${share(told, all)})`);
	console.log(`functions of headers that so far only tests call: ${onlyTests}`);
}
