// SPDX-License-Identifier: Apache-2.0
// doc/routes.txt is what the program answers, so that a change of rights shows in review.
import { readFileSync } from "node:fs";
import { check, finish, run } from "./lib.mjs";

const listed = run("sqlite::memory:", ["routes"]).out;
check("doc/routes.txt lists the routes there are (build/encours routes > doc/routes.txt)",
	listed.length > 0 && listed === readFileSync("doc/routes.txt", "utf8"));
const paths = listed.split("\n").map((line) => line.split(/\s+/).slice(0, 2).join(" "));
check("no route is there twice", new Set(paths).size === paths.length);
check("only login, language and health answer whoever asks",
	listed.split("\n").filter((line) => / public /.test(line)).map((line) => line.split(/\s+/)[1]).join() ===
		"/healthz,/language,/login,/login");
// Views of lists are one's own; taking back asks the right of what is taken back.
check("what writes has a right of its own, but for leaving, one's own views, and taking back",
	listed.split("\n").filter((line) => /^(POST|PUT|DELETE)/.test(line) && / user /.test(line))
		.every((line) => /^POST +\/(logout|account\/[a-z]+|lists\/[a-z:/]+|undo|undo\/:event) /.test(line)), listed);
finish();
