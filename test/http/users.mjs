// SPDX-License-Identifier: Apache-2.0
// The pages of accounts, as an administrator uses them and as others must not.
import { Browser, EMAIL, PASSWORD, check, finish, login, start } from "./lib.mjs";

const server = await start();
const admin = await login(server);
const NEW = { email: "bob@example.org", name: "Bob <b>Exemple</b>", role: "collector", password: "correct horse" };

// A page's hidden version, and where a redirect leads.
const version = (page) => /name="version" value="(\d+)"/.exec(page.text)?.[1];

check("the list shows the first account", /clerk@example\.org/.test((await admin.get("/settings/users")).text));
check("there is a form for a new one", /name="password"/.test((await admin.get("/settings/users/new")).text));
const added = await admin.post("/settings/users", NEW);
check("an account is added", added.status === 303 && /^\/settings\/users\/\d+$/.test(added.headers.location), added);
const bob = added.headers.location;
let page = await admin.get(bob);
check("it is shown, and its name is text", page.status === 200 && page.text.includes("Bob &lt;b&gt;Exemple"), page.text);
check("the page says what was done", /The account is added\./.test(page.text));

for (const [name, change, said] of [
	["the same address twice", {}, /has an account already/],
	["no address", { email: "bob" }, /Write an e-mail address/],
	["a short password", { email: "c@example.org", password: "short" }, /8 to 256 characters/],
	["no password", { email: "c@example.org", password: "" }, /8 to 256 characters/],
	["a role that is none", { email: "c@example.org", role: "king" }, /Choose a role/],
]) {
	const answer = await admin.post("/settings/users", { ...NEW, ...change });
	check(`refused: ${name}`, answer.status === 422 && said.test(answer.text), answer.text);
	check(`the password is not sent back: ${name}`, !answer.text.includes(NEW.password));
}

// ---- rights
const collector = await login(server, NEW.email, NEW.password);
check("a collector does not see accounts", (await collector.get("/settings/users")).status === 403);
check("a collector makes no account",
	(await collector.post("/settings/users", { ...NEW, email: "x@example.org" })).status === 403);
check("a collector does not become administrator",
	(await collector.post(`${bob}/role`, { role: "administrator", version: "1" })).status === 403);
check("nobody sees accounts without login", (await new Browser(server).get("/settings/users")).status !== 200);

// ---- changes
page = await admin.get(bob);
const old = version(page);
check("the role is changed", (await admin.post(`${bob}/role`, { role: "accountant", version: old })).status === 303);
const stale = await admin.post(`${bob}/role`, { role: "auditor", version: old });
check("an old page changes nothing", stale.status === 409 && /meanwhile/.test(stale.text), stale.text);
check("what is seen is changed", (await admin.post(`${bob}/scope`, { scope: "owned" })).status === 303);
check("the new scope is shown", /value="owned" selected/.test((await admin.get(bob)).text));
page = await admin.get(bob);
check("the account is disabled", (await admin.post(`${bob}/disable`, { version: version(page) })).status === 303);
check("its session is over", (await collector.get("/account")).status !== 200);
page = await admin.get(bob);
check("a disabled account says so", /nobody can log in with it/.test(page.text));
check("it is enabled again", (await admin.post(`${bob}/enable`, { version: version(page) })).status === 303);

const me = /\/settings\/users\/(\d+)">/.exec((await admin.get("/settings/users")).text
	.split("<tr").find((row) => row.includes(EMAIL)))[1];
page = await admin.get(`/settings/users/${me}`);
const last = await admin.post(`/settings/users/${me}/disable`, { version: version(page) });
check("the last administrator stays", last.status === 422 && /administrator left/.test(last.text), last.text);
check("an account that is none is not found", (await admin.get("/settings/users/424242")).status === 404);

// ---- one's own
check("one's own page", (await admin.get("/account")).text.includes(EMAIL));
check("another's password opens nothing",
	(await admin.post("/account/password", { old_password: "wrong one", new_password: "another horse" })).status === 422);
check("the new one must be good",
	(await admin.post("/account/password", { old_password: PASSWORD, new_password: "short" })).status === 422);
check("the password is changed",
	(await admin.post("/account/password", { old_password: PASSWORD, new_password: "another horse" })).status === 303);
check("the session is over", (await admin.get("/account")).status !== 200);
check("the new password opens", Boolean(await login(server, EMAIL, "another horse")));

await server.stop();
finish();
