// The beginning: frame, session, live data, then the page of the address.
import * as help from "./components/help.js";
import * as nav from "./components/nav.js";
import * as palette from "./components/palette.js";
import * as notices from "./components/notices.js";
import { askForToken } from "./components/signin.js";
import { toast } from "./components/toast.js";
import * as live from "./live.js";
import * as router from "./router.js";
import * as session from "./session.js";

nav.start();
notices.start();
help.start();
palette.start();
begin();
// A link with a token that is pasted into the address bar of an open page changes only the fragment and does not reload the page.
addEventListener("hashchange", async () => {
  if (await takeToken()) live.start();
});

async function begin() {
  await takeToken();
  try {
    if (!session.about) await session.refresh();
  } catch (failure) {
    if (failure.needsToken) session.about = { role: "anonymous", canSee: false, canAct: false };
  }
  if (session.about?.canSee === false) await askForToken("These pages require a token.");
  live.start();
  // The rights of this browser may have changed during an outage (another program, other tokens).
  live.onState((state) => {
    if (state === "live") session.refresh().catch(() => {});
  });
  router.start();
}

async function takeToken() {
  try {
    return await session.takeTokenFromAddress();
  } catch (failure) {
    toast(`The token in the address was refused: ${failure.detail ?? failure.message}`, "bad");
    return false;
  }
}
