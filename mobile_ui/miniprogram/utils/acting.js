// Acting for somebody else by their mandate: a token of its own, in memory only, and for whom.

const { request } = require("./request");

let now = null; // {id, name, services, token}

const current = () => (now ? { id: now.id, name: now.name, services: now.services } : null);

async function begin(mandate) {
  const answer = await request(`/v1/me/mandates/${encodeURIComponent(mandate.id)}/tokens`, { method: "POST", signed: true, proving: true });
  now = { ...mandate, token: { value: answer.access_token, type: answer.token_type || "Bearer" } };
}

function stop() {
  now = null;
}

/** Whether the service may be used for them: else one acts for oneself, and the page says so. */
const covers = (service) => Boolean(now) && now.services.includes(service);

/** As request, by the mandate's token; an expired one is asked for anew, once. */
async function requestFor(path, options) {
  try {
    return await request(path, { ...options, as: now.token });
  } catch (problem) {
    if (problem.code !== "token-expired") {
      if (problem.status === 401 && problem.code !== "step-up-needed") stop();
      throw problem;
    }
    await begin(now);
    return request(path, { ...options, as: now.token });
  }
}

module.exports = { current, begin, stop, covers, requestFor };
