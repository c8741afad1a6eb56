// SPDX-License-Identifier: Apache-2.0
// What one file may hold: includes, calls, numbers, state, lengths, licence. Each check says (line, text).
import { code, functions, lines } from "./source.mjs";

// Floors of doc/architecture.md: a file includes only from floors below its own, or from its own room.
const floor = {
	base: 0, verifier: 0, db: 1, i18n: 1, format: 1, channel: 1, job: 1, web: 1, team: 2, ledger: 3, flow: 4,
	match: 4, bank: 4, books: 6, cash: 5, credit: 5, dispute: 5, pay: 6, collect: 7, insight: 8, portal: 8, day: 9, cmd: 10,
};
// On floor 1 everything may use db and i18n, but format and channel use base alone.
const floor1 = { format: [], channel: [], db: [], i18n: [], job: ["db", "i18n"], web: ["db", "i18n"] };

const banned = /\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets|system|popen|setlocale|rand|alloca|time|localtime|gmtime)\s*\(/;
// Where a fraction is not an amount: points and millimetres of a letter, probabilities of an explanation,
// seconds that work took, the cells of a workbook (whose format knows no other number).
const mayFloat = /^src\/(channel\/(paper|sheet|letter|statement_pdf)|match\/(?!advice|booked)|base\/clock|cash\/match_policy|cmd\/match|web\/sheet_xlsx|format\/xlsx)/;
const maxFile = 700;
const maxFunction = 100;

export function includes(file, text, say) {
	const room = file.match(/^src\/([a-z0-9]+)\//)?.[1];
	if (!room) return;
	if (!(room in floor)) say(1, `the room "${room}" has no floor`);
	lines(text).forEach((l, i) => {
		const other = l.match(/^\s*#include "([a-z0-9]+)\//)?.[1];
		if (!other || other === room || !(other in floor)) return;
		const ok = floor[other] < floor[room] && (floor[room] !== 1 || other === "base") ||
			floor[room] === 1 && floor1[room]?.includes(other);
		if (!ok) say(i + 1, `${room} (floor ${floor[room]}) may not include from ${other} (floor ${floor[other]})`);
	});
}

export function calls(file, text, say) {
	lines(code(text)).forEach((l, i) => {
		const call = l.match(banned);
		if (call && !/^src\/base\/clock/.test(file)) say(i + 1, `${call[1]} is banned`);
	});
	lines(text).forEach((l, i) => { if (/\b(TODO|FIXME)\b/.test(l)) say(i + 1, "unfinished work in the code"); });
	// A statement put together at run time: printf next to SQL words.
	if (!file.startsWith("src/db/"))
		for (const m of text.matchAll(/(printf|buf_puts|buf_printf)\s*\([^;]{0,80}"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM) /g))
			say(lines(text.slice(0, m.index)).length, "SQL is never put together at run time");
	// Names of tables, which no parameter can stand for, are put together in db alone.
	if (!file.startsWith("src/db/")) for (const m of code(text, true).matchAll(/"[^"\n]*\b(?:SELECT|WHERE|SET|VALUES)\b[^"\n]*%[a-z]/g))
		say(lines(text.slice(0, m.index)).length, "a value of a statement is $1, never %");
}

export function numbers(file, text, say) {
	lines(code(text)).forEach((l, i) => {
		if (/\bfloat\b/.test(l) || /\bdouble\s+\**\w*(_minor|money)\b/.test(l) || (/\bdouble\b/.test(l) && !mayFloat.test(file)))
			say(i + 1, "no floating point where amounts are reckoned");
	});
}

// Variables of the file that are not constant: what one request leaves behind for another.
export function state(file, text, say) {
	lines(code(text)).forEach((l, i) => {
		const variable = l.match(/^(?:static\s+)?(?:_Thread_local\s+)?(?:struct\s+\w+|unsigned\s+\w+|\w+)\s+\**(\w+)(?:\[[^\]]*\])*\s*(?:=|;)/);
		if (variable && !/\b(const|typedef|extern|enum|struct\s+\w+;|return|goto|case)\b/.test(l) && !/^(struct|enum|union)\s+\w+;/.test(l))
			say(i + 1, `${variable[1]} is state of the process; pass it in`);
	});
}

export function lengths(text, say) {
	const n = lines(text).length;
	if (n > maxFile) say(1, `${n} lines: is there a second file inside?`);
	for (const f of functions(text))
		if (f.length > maxFunction) say(f.line, `${f.name} has ${f.length} lines: is there a second function inside?`);
}

export function licence(text, say) {
	if (!/SPDX-License-Identifier: Apache-2.0/.test(lines(text).slice(0, 4).join("\n"))) say(1, "no SPDX line");
}

export function paths(text, say) {
	const machine = new RegExp("/(wo" + "rk|root|home)/[a-z]");
	lines(text).forEach((l, i) => { if (machine.test(l)) say(i + 1, "a path of somebody's machine"); });
}
