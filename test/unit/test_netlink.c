/* Lists that change while they are handed out. The kernel's answers are the test's: nothing is sent
 * to it, nor heard from it. What it says itself is tested by net/route.bats. */
#include "netlink.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <unistd.h>

#include "log.h"
#include "support.h"

/* How the answers go on. */
static struct {
	unsigned interrupted; /* as many lists change */
	int error;	      /* of the next one, which is refused; 0: it ends well */
	unsigned asked, told; /* told: datagrams of the list at hand */
	uint32_t seq, port;
} kernel;

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *buf, size_t len);
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket, void *buf, size_t size);

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *socket, const void *buf, size_t len)
{
	const struct nlmsghdr *request = buf;

	assert_int_equal(request->nlmsg_len, len);
	assert_int_equal(request->nlmsg_type, RTM_GETADDR);
	/* Before one list has been read to its end the kernel refuses another: EBUSY. */
	assert_int_equal(kernel.told, 0);
	kernel.asked++;
	kernel.seq = request->nlmsg_seq;
	kernel.port = mnl_socket_get_portid(socket);
	return (ssize_t)len;
}

static struct nlmsghdr *put_answer(char *buf, size_t used, uint16_t type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf + used);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_MULTI;
	nlh->nlmsg_seq = kernel.seq;
	nlh->nlmsg_pid = kernel.port;
	return nlh;
}

static size_t put_error(char *buf, int code)
{
	struct nlmsghdr *nlh = put_answer(buf, 0, NLMSG_ERROR);
	struct nlmsgerr *error = mnl_nlmsg_put_extra_header(nlh, sizeof(*error));

	error->error = code;
	return nlh->nlmsg_len;
}

/* A list of two, and its end, in three datagrams. */
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *socket, void *buf, size_t size)
{
	bool interrupted = kernel.asked <= kernel.interrupted, ends = kernel.told == 2;
	struct nlmsghdr *nlh;

	(void)socket;
	assert_true(size >= 4096);
	if (!interrupted && kernel.error != 0)
		return (ssize_t)put_error(buf, kernel.error);
	nlh = put_answer(buf, 0, ends ? NLMSG_DONE : RTM_NEWADDR);
	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	/* The kernel says so from the change on. */
	if (interrupted && kernel.told > 0)
		nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
	kernel.told = ends ? 0 : kernel.told + 1;
	return (ssize_t)nlh->nlmsg_len;
}

struct list {
	unsigned count, begun;
};

static struct nlmsghdr *begin(struct netlink *nl, void *data)
{
	struct list *list = data;

	list->count = 0;
	list->begun++;
	return netlink_request(nl, RTM_GETADDR, NLM_F_DUMP);
}

static int take(const struct nlmsghdr *nlh, void *data)
{
	struct list *list = data;

	assert_int_equal(nlh->nlmsg_type, RTM_NEWADDR);
	list->count++;
	return MNL_CB_OK;
}

/* Asks a kernel whose list changes `interrupted` times, and which then ends it with `error`. */
static int ask(unsigned interrupted, int error, struct list *list)
{
	struct netlink *nl = NULL;
	const char *words = NULL;
	int ret;

	kernel.interrupted = interrupted;
	kernel.error = error;
	kernel.asked = 0;
	*list = (struct list){ .count = 0 };
	assert_int_equal(netlink_open(NETLINK_ROUTE, 0, &nl), 0);
	ret = netlink_list(nl, begin, take, list, &words);
	assert_string_equal(words, "");
	assert_int_equal(kernel.asked, list->begun);
	netlink_close(nl);
	return ret;
}

static void a_list_is_asked_for_once(void **state)
{
	struct list list;

	(void)state;
	assert_int_equal(ask(0, 0, &list), 0);
	assert_int_equal(list.begun, 1);
	assert_int_equal(list.count, 2);
}

static void a_list_that_has_changed_is_asked_for_again_from_the_beginning(void **state)
{
	struct list list;

	(void)state;
	for (unsigned times = 1; times < 20; times++) {
		assert_int_equal(ask(times, 0, &list), 0);
		assert_int_equal(list.begun, times + 1);
		assert_int_equal(list.count, 2);
	}
}

static void a_list_that_never_stands_still_is_given_up(void **state)
{
	struct list list;

	(void)state;
	assert_int_equal(ask(UINT32_MAX, 0, &list), -EINTR);
	assert_int_equal(list.begun, 20);
}

static void a_list_that_is_refused_is_not_asked_for_again(void **state)
{
	struct list list;

	(void)state;
	assert_int_equal(ask(0, -EPERM, &list), -EPERM);
	assert_int_equal(list.begun, 1);
	assert_int_equal(ask(3, -ENOENT, &list), -ENOENT);
	assert_int_equal(list.begun, 4);
}

static void a_failure_is_logged_with_the_words_of_the_kernel(void **state)
{
	int with, without;

	(void)state;
	capture_start(STDERR_FILENO);
	log_open("test", LOG_LEVEL_DEBUG);
	with = netlink_log_failure(-EINVAL, "Invalid prefix", "cannot list");
	without = netlink_log_failure(-EPERM, "", "cannot list");
	assert_string_equal(capture_stop(), "test: cannot list: Invalid prefix: Invalid argument\n"
					    "test: cannot list: Operation not permitted\n");
	assert_int_equal(with, -EINVAL);
	assert_int_equal(without, -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_asked_for_once),
		cmocka_unit_test(a_list_that_has_changed_is_asked_for_again_from_the_beginning),
		cmocka_unit_test(a_list_that_never_stands_still_is_given_up),
		cmocka_unit_test(a_list_that_is_refused_is_not_asked_for_again),
		cmocka_unit_test(a_failure_is_logged_with_the_words_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
