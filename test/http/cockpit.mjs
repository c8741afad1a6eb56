// SPDX-License-Identifier: Apache-2.0
// The page of how well receipts are matched: empty, with the demo's receipts, after one was taken back; and the
// past played again.
import { Browser, check, finish, login, run, start } from "./lib.mjs";

const bare = await start();
const nobody = await login(bare);
const empty = await nobody.get("/bank/cockpit");
check("without receipts the page says so", empty.status === 200 && empty.text.includes('href="/imports"') && !empty.text.includes("figures of-4"), empty.status);
await bare.stop();

const server = await start({ demo: "small" });
const clerk = await login(server);
const words = (text) => text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
const figures = (text) => [...text.matchAll(/<dd class="value">(?:<a[^>]*>)?([^<]*)/g)].map((m) => m[1]);
const glosses = (text) => [...text.matchAll(/<dd class="gloss">([^<]*)/g)].map((m) => m[1]);
// The cells of a column of the table of months.
const sum = (text, column) => [...text.slice(text.indexOf('id="months"'), text.indexOf('id="rules"')).matchAll(/<tr><th.*?<\/tr>/gs)]
	.map(([row]) => Number([...row.matchAll(/<t[hd][^>]*>([^<]*)/g)][column][1].replace(/\D/g, "")))
	.reduce((a, b) => a + b, 0);
const page = await clerk.get("/bank/cockpit?lang=en");
check("the page answers", page.status === 200, page.status);
check("it has its four figures", figures(page.text).length === 4, figures(page.text));
check("each tells its formula", (page.text.match(/class="formula"/g) ?? []).length === 4);
check("it has a chart with its table", page.text.includes("<svg class=\"chart") && page.text.includes('class="figures-of"'));
check("it is a tab of the receipts", (await clerk.get("/bank")).text.includes('href="/bank/cockpit"'));
const [alone, all] = glosses(page.text)[0].replace(/(\d)[\u202f\u00a0, ](?=\d{3})/g, "$1").match(/\d+/g).map(Number);
check("what was applied alone is a part of all", alone > 0 && alone < all, [alone, all]);
check("its months add up to it", all === sum(page.text, 1) && alone === sum(page.text, 2), [all, sum(page.text, 1)]);
check("nothing was taken back yet", words(page.text).includes("Nothing was taken back") || words(page.text).includes("Rien n’a été annulé"));

// An entry that the machine applied, taken back by a person.
const list = await clerk.get("/bank?state=matched");
const id = /\/bank\/entries\/(\d+)/.exec(list.text)?.[1];
const shown = await clerk.get(`/bank/entries/${id}`);
const version = /name="version" value="([^"]*)"/.exec(shown.text)?.[1];
const undone = await clerk.post(`/bank/entries/${id}/unapply`, { version, idempotency_key: "0123456789abcdef" });
check("one is taken back", undone.status === 303, undone.status);
const after = await clerk.get("/bank/cockpit");
check("it counts as wrong", after.text.includes('href="#wrong"') && glosses(after.text)[2] !== glosses(page.text)[2], glosses(after.text));
check("and is listed, with the way to it", after.text.slice(after.text.indexOf('id="wrong"')).includes(`/bank/entries/${id}`));
check("without login there is nothing to see", (await new Browser(server).get("/bank/cockpit")).status === 303);

// The past played again, as the command does.
const at = "/settings/matching/back-test";
check("the settings lead to the back-test", (await clerk.get("/settings/matching")).text.includes(`href="${at}"`));
const before = await clerk.get(at);
check("before it was played the page says so", before.status === 200 && !before.text.includes('id="thresholds"'), before.status);
const key = () => Math.random().toString(16).slice(2).padEnd(16, "0");
for (const months of ["0", "25", "x", ""])
	check(`"${months}" months are refused`, (await clerk.post(at, { months, idempotency_key: key() })).status === 422);
const asked = await clerk.post(at, { months: "12", idempotency_key: key() });
check("it is played in the background", asked.status === 303, asked.status);
let played;
for (let i = 0; i < 600; i++) {
	played = await clerk.get(at);
	if (figures(played.text).length) break;
	await new Promise((done) => setTimeout(done, 200));
}
const told = JSON.parse(run(server.db, ["match", "--back-test", "--json"]).out);
const number = (text) => Number(text.replace(/\D/g, ""));
check("it tells what the command tells", told.payments > 0 && number(figures(played.text)[0]) === told.payments && number(figures(played.text)[2]) === told.wrong, [figures(played.text), told]);
check("by threshold and by explanation", played.text.includes('id="thresholds"') && played.text.includes('id="rules"') === told.rules.length > 0);
check("the threshold in force is marked", (played.text.match(/<span class="tag">/g) ?? []).length >= 1);
check("nothing changed", JSON.parse(run(server.db, ["verify", "--json"]).out).faults.length === 0);
await server.stop();
finish();
