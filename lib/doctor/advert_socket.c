#include "advert_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

/* The protocol of an IPv4 packet, which begins with its header here, is that of VRRP, and the
 * interface the one with the index to be filled in: what a VLAN on top of it receives passes here,
 * too. */
static const struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_IFINDEX)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 112, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 512),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static int set_up(int fd, int index)
{
	struct sock_filter code[ARRAY_LEN(filter)];
	const struct sock_fprog program = { .len = ARRAY_LEN(code), .filter = code };
	const struct sockaddr_ll here = { .sll_family = AF_PACKET,
					  .sll_protocol = htons(ETHERTYPE_IP),
					  .sll_ifindex = index };
	const struct packet_mreq all = { .mr_ifindex = index, .mr_type = PACKET_MR_ALLMULTI };

	for (size_t i = 0; i < ARRAY_LEN(code); i++)
		code[i] = filter[i];
	code[1].k = (uint32_t)index;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) != 0 ||
	    bind(fd, (const struct sockaddr *)&here, sizeof(here)) != 0)
		return -errno;
	return 0;
}

int advert_socket_open(int index, int *fd)
{
	/* The protocol 0: nothing arrives before the filter is there. */
	int sock = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int ret = sock < 0 ? -errno : set_up(sock, index);

	if (ret == 0)
		*fd = sock;
	else if (sock >= 0)
		close(sock);
	return ret;
}

/* Takes what is there. Returns 0 and `*out`; -EAGAIN, or another -errno. */
static int take_one(int fd, struct advert *out)
{
	struct sockaddr_ll from = { .sll_pkttype = PACKET_OUTGOING };
	socklen_t size = sizeof(from);
	uint8_t packet[512];
	ssize_t len =
		recvfrom(fd, packet, sizeof(packet), MSG_DONTWAIT, (struct sockaddr *)&from, &size);

	if (len < 0)
		return -errno;
	if (from.sll_pkttype == PACKET_OUTGOING)
		return -EINVAL;
	return advert_parse(packet, (size_t)len, out);
}

/* What is not an advertisement, and yet passes the filter, is passed over so often. */
#define ODD_MAX 256

int advert_socket_next(int fd, int64_t end_us, struct advert *out)
{
	unsigned odd = 0;

	for (;;) {
		struct pollfd polled = { .fd = fd, .events = POLLIN };
		struct timespec left = clock_left(end_us);
		int ret = take_one(fd, out);

		if (ret == -EINVAL && ++odd < ODD_MAX)
			continue;
		if (ret != -EAGAIN && ret != -EINTR)
			return ret == -EINVAL ? -ETIMEDOUT : ret;
		if (clock_mono_us() >= end_us)
			return -ETIMEDOUT;
		(void)ppoll(&polled, 1, &left, NULL);
	}
}
