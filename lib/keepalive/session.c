#include "session.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "history.h"
#include "icmp.h"
#include "kept.h"
#include "line_text.h"
#include "log.h"
#include "num.h"
#include "redial.h"
#include "rtnl.h"
#include "store.h"
#include "store_lock.h"
#include "uplink.h"
#include "vrrp_role.h"
#include "watch_report.h"

#define PROGRAM	  "fo-keepalive"
#define FILE_NAME "keepalive"
#define LOCK_NAME "keepalive.lock"

#define IP4_HEADER 20
#define IP6_HEADER 40

static_assert(IDLE_BOOT_MAX == CLOCK_BOOT_MAX, "both hold a boot id");

/* A run. */
struct work {
	const struct conf *conf;
	struct idle_rule rule;
	struct idle_memory memory;
	struct idle_facts facts;
};

static int64_t echo_bytes(sa_family_t family)
{
	return ICMP_ECHO_LEN + (family == AF_INET6 ? IP6_HEADER : IP4_HEADER);
}

static struct idle_rule rule_of(const struct conf_keepalive *conf)
{
	return (struct idle_rule){ .skip_ms = conf->skip_if_traffic_ms,
				   .require_reply = conf->require_reply,
				   .redials = conf->redial[0] != '\0',
				   .redial_after = conf->redial_after,
				   .redial_every_ms = conf->redial_every_ms };
}

static int parse(const char *text, void *out)
{
	return idle_parse(text, out);
}

int session_load(struct idle_memory *out)
{
	return kept_load(FILE_NAME, "state", parse, out);
}

int session_load_run(struct idle_memory *out)
{
	char text[IDLE_TEXT_MAX];
	int ret = store_read(STORE_RUN, FILE_NAME, text, sizeof(text));

	return ret == 0 ? idle_parse(text, out) : ret;
}

/* Returns 0 when the next run will find it. */
static int save(const struct idle_memory *memory, bool lasting)
{
	char text[IDLE_TEXT_MAX];

	return kept_save(FILE_NAME, idle_format(text, memory), lasting);
}

static int look(const struct conf *conf, struct idle_facts *out, struct addr *target)
{
	struct uplink uplink;
	int ret = uplink_look(conf, &uplink);

	if (ret != 0)
		return ret;
	*out = (struct idle_facts){ .up = uplink.up,
				    .bare = !uplink.address,
				    .index = uplink.index,
				    .rx = uplink.rx,
				    .tx = uplink.tx,
				    .now_ms = clock_boottime_ms(),
				    .wall_s = clock_wall_s() > 0 ? clock_wall_s() : 0 };
	out->month = clock_month(out->wall_s);
	clock_boot(out->boot);
	*target = uplink.target;
	return 0;
}

/* Whether an address is of this machine: its own answer proves nothing about the line. */
static bool is_own(const struct addr *addr)
{
	struct netlink *nl = NULL;
	int index = 0;
	bool own = rtnl_open(&nl) == 0 && rtnl_find_addr(nl, addr, &index) == 0 && index != 0;

	netlink_close(nl);
	return own;
}

/* An ICMP error from beyond the line has come over it: that is an answer, too, where none is
 * required. (A modem with a router of its own sends some itself.) */
static bool is_answered(const struct conf_keepalive *conf, const struct line_target *echo)
{
	return echo->answer == LINE_ANSWERED || (echo->answer == LINE_UNREACHABLE &&
						 !conf->require_reply && !is_own(&echo->reporter));
}

/* Whether the interface is gone, or down: what else keeps an echo from leaving (a queue that the
 * modem takes nothing from any more, a route that is missing) makes the line a silent one. */
static bool says_gone(const struct line_target *echo)
{
	return echo->answer == LINE_UNSENT &&
	       (echo->error == -ENODEV || echo->error == -ENXIO || echo->error == -ENETDOWN);
}

/* Returns 0, also where the line is no more, or takes nothing. */
static int send_echoes(const struct conf *conf, struct session_run *out)
{
	struct line_rule rule = { .count = 1,
				  .need = 1,
				  .timeout_ms = conf->keepalive.wait_ms,
				  .tries = out->echoes,
				  .even = true };
	struct line line;
	int ret;

	memcpy(rule.iface, conf->router.uplink, sizeof(rule.iface));
	rule.targets[0] = out->target;
	line_init(&line, &rule);
	ret = line_judge(&line);
	if (ret == -ENOBUFS)
		ret = 0;
	if (ret != 0)
		line_log_trouble(&line, ret);
	out->echo = line.round.targets[0];
	out->echoes = out->echo.answer == LINE_UNSENT ? 0 : line.tries;
	line_close(&line);
	return ret;
}

/* Whether the watcher is alive, and knows how the line is. */
static bool read_verdict(const char *iface, struct heartbeat *out)
{
	return watch_report_read(out) == 0 && heartbeat_has_verdict(out, iface, clock_mono_us());
}

/* Whether the watcher, which sees all that passes, finds the line dead although it is there. */
static bool is_watched_silent(const char *iface)
{
	struct heartbeat beat;

	return read_verdict(iface, &beat) && beat.state.verdict == VERDICT_DOWN &&
	       beat.state.reason == VERDICT_SILENT;
}

static int check_target(const struct conf *conf, const struct addr *target)
{
	if (!addr_is_set(target)) {
		log_err(0,
			"%s has no peer address; is the line dialled? Otherwise set [keepalive] "
			"target",
			conf->router.uplink);
		return -EADDRNOTAVAIL;
	}
	if (!is_own(target))
		return 0;
	log_err(0, "[keepalive] target is an address of this machine itself");
	return -EADDRNOTAVAIL;
}

static int begin(const struct conf *conf, bool probe, struct work *work, struct session_run *out)
{
	bool silent = is_watched_silent(conf->router.uplink);
	struct addr target;
	int ret;

	*work = (struct work){ .conf = conf, .rule = rule_of(&conf->keepalive) };
	work->rule.require_reply = work->rule.require_reply || silent;
	ret = look(conf, &work->facts, &target);
	if (ret != 0)
		return ret;
	if (session_load(&work->memory) != 0)
		work->memory = (struct idle_memory){ .boot = "" };
	memset(out, 0, sizeof(*out));
	out->before = (enum idle_verdict)work->memory.verdict;
	if (idle_begin(&work->memory, &work->rule, &work->facts) ||
	    ((probe || silent) && idle_can_ask(&work->facts)))
		out->echoes =
			(unsigned)idle_tries(&work->memory, &work->rule, conf->keepalive.tries);
	out->gone = work->facts.index == 0;
	out->target = conf->keepalive.target;
	if (out->echoes == 0)
		return 0;
	out->target = target;
	return check_target(conf, &target);
}

static void describe_memory(const struct work *work, struct session_run *out)
{
	const struct idle_memory *memory = &work->memory;

	out->verdict = (enum idle_verdict)memory->verdict;
	out->dead = memory->dead;
	out->quiet_ms = memory->traffic_ms == 0 ? -1 : work->facts.now_ms - memory->traffic_ms;
}

int session_plan(const struct session_order *order, struct session_run *out)
{
	struct work work;
	int ret = begin(order->conf, order->probe, &work, out);

	if (ret == 0)
		describe_memory(&work, out);
	return ret;
}

static bool carries_lan(const struct conf *conf)
{
	enum vrrp_state state;

	return vrrp_role_true_state(conf, VRRP_BACKUP, &state) == 0 && state == VRRP_MASTER;
}

/* What is no change, history_add leaves out. The watcher is quicker, where it judges this line. */
static void note(const struct conf *conf, const struct session_run *run, const char *text)
{
	const char *value = idle_is_dead(run->verdict) ? "down" : "up";
	struct heartbeat beat;
	bool watched = !conf->check.present && read_verdict(conf->router.uplink, &beat);

	if (run->verdict != IDLE_UNKNOWN && !watched)
		history_add(&(struct history_news){ PROGRAM, EVENT_LTE, value, 0 }, "%s: %s",
			    conf->router.uplink, text);
}

/* A change is logged and goes into the history. A dead line is logged by each run: it is why that
 * fails. Anything else is only for a person who asks. */
static void log_outcome(const struct work *work, const struct session_run *run, bool in_any_case)
{
	const char *uplink = work->conf->router.uplink;
	bool dead = idle_is_dead(run->verdict);
	char text[SESSION_TEXT_MAX];

	session_describe(run, text);
	note(work->conf, run, text);
	if (dead)
		log_warn(0, "%s: %s", uplink, text);
	else if (run->verdict == run->before && !in_any_case)
		log_debug("%s: %s", uplink, text);
	else
		log_info("%s: %s", uplink, text);
}

/* Written down before it is done: it may restart this machine, or end us. Returns whether it was.
 */
static bool redial(struct work *work)
{
	const char *uplink = work->conf->router.uplink;

	idle_note_redial(&work->memory, &work->facts);
	if (save(&work->memory, true) != 0) {
		log_err(0,
			"%s: not redialling: the attempt cannot be recorded, so every run would "
			"repeat it",
			uplink);
		return false;
	}
	return redial_run(uplink, &work->conf->keepalive, work->memory.dead);
}

/* Puts together what the end of the run has to know. The interface may have gone meanwhile. */
static void end(struct work *work, const struct idle_facts *now, bool asked,
		struct session_run *out)
{
	struct idle_echoes echoes = {
		.left = out->echoes > 0,
		.answered = asked && is_answered(&work->conf->keepalive, &out->echo),
		.stuck = asked && out->echo.answer == LINE_UNSENT && out->echo.error == -ENOBUFS,
		.sent_ms = work->facts.now_ms
	};

	work->facts = *now;
	if (asked && says_gone(&out->echo))
		work->facts.up = false;
	if (asked && out->echo.answer == LINE_UNSENT && out->echo.error == -EADDRNOTAVAIL)
		work->facts.bare = true;
	echoes.bytes = echo_bytes(out->target.family) * (out->echoes + echoes.answered);
	idle_end(&work->memory, &work->rule, &work->facts,
		 asked && idle_can_ask(&work->facts) ? &echoes : NULL);
	out->asked = asked;
	out->gone = work->facts.index == 0;
	describe_memory(work, out);
}

/* Whether the command is due; the LAN's interface is looked at only where that decides it. */
static bool wants_redial(const struct work *work)
{
	bool calm = idle_wants_redial(&work->memory, &work->rule, &work->facts, false);

	return calm &&
	       idle_wants_redial(&work->memory, &work->rule, &work->facts, carries_lan(work->conf));
}

static int keep(const struct session_order *order, struct session_run *out)
{
	const struct conf *conf = order->conf;
	struct idle_facts now;
	struct work work;
	int ret = begin(conf, order->probe, &work, out);
	bool asks = ret == 0 && out->echoes > 0;
	struct addr target;

	if (asks)
		ret = send_echoes(conf, out);
	if (ret == 0)
		ret = look(conf, &now, &target);
	if (ret != 0)
		return ret;
	end(&work, &now, asks, out);
	if (save(&work.memory, asks || out->verdict != out->before) != 0)
		log_warn(0, "the next run will not know of this one");
	log_outcome(&work, out, order->log_unchanged);
	out->redialled = wants_redial(&work) && redial(&work);
	return 0;
}

/* A lock that cannot be had for a reason of this machine is no reason to let the session die, but
 * for one who may do nothing here. */
int session_keep(const struct session_order *order, struct session_run *out)
{
	int lock = -1;
	int ret = store_lock(LOCK_NAME, 0, &lock);

	if (ret == -EACCES || ret == -EPERM)
		log_err(0, "run it as root");
	if (ret == -EWOULDBLOCK || ret == -EACCES || ret == -EPERM)
		return ret;
	ret = keep(order, out);
	store_unlock(lock);
	/* That would mean another run. */
	return ret == -EWOULDBLOCK ? -EIO : ret;
}

const char *session_describe(const struct session_run *run, char buf[static SESSION_TEXT_MAX])
{
	const char *verdict = idle_verdict_name(run->verdict);
	char addr[ADDR_TEXT_MAX], echo[128], time[NUM_TEXT_MAX];

	if (run->verdict == IDLE_NO_INTERFACE)
		snprintf(buf, SESSION_TEXT_MAX, "%s%s", verdict,
			 run->gone ? ": is the line dialled?" : ": it is there, but down");
	else if (run->verdict == IDLE_NO_ADDRESS)
		snprintf(buf, SESSION_TEXT_MAX, "%s: is the line still dialling?", verdict);
	else if (run->asked)
		snprintf(buf, SESSION_TEXT_MAX, "%s: %s: %s; echoes sent: %u", verdict,
			 addr_format(addr, &run->target),
			 line_describe(&run->echo, echo, sizeof(echo)), run->echoes);
	else if (run->quiet_ms >= 0)
		snprintf(buf, SESSION_TEXT_MAX, "%s: traffic within the last %s, no echo needed",
			 verdict, num_format_ms(time, (run->quiet_ms + 999) / 1000 * 1000));
	else
		snprintf(buf, SESSION_TEXT_MAX, "%s", verdict);
	return buf;
}

int64_t session_month_bytes(const struct conf_keepalive *conf, const struct idle_memory *memory)
{
	const struct idle_rule rule = rule_of(conf);

	return idle_month_bytes(memory, &rule, conf->tries, echo_bytes(conf->target.family));
}
