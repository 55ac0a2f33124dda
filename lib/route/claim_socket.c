#include "claim_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for some dozens of packets: what a flood brings beyond that is dropped where it costs least.
 */
#define BUFFER_BYTES 16384

static uint16_t protocol_of(const struct claim_question *question)
{
	return htons(question->address.family == AF_INET6 ? ETHERTYPE_IPV6 : ETHERTYPE_ARP);
}

static int attach(int fd, const struct claim_question *question)
{
	struct sock_filter code[CLAIM_FILTER_MAX];
	const struct sock_fprog program = { .len = claim_write_filter(question, code),
					    .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0
		       ? 0
		       : -errno;
}

static int set_up(int fd, int index, const struct claim_question *question)
{
	const struct sockaddr_ll here = { .sll_family = AF_PACKET,
					  .sll_protocol = protocol_of(question),
					  .sll_ifindex = index };
	const int bytes = BUFFER_BYTES;
	int ret = attach(fd, question);

	if (ret != 0)
		return ret;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)) != 0 ||
	    bind(fd, (const struct sockaddr *)&here, sizeof(here)) != 0)
		return -errno;
	return 0;
}

int claim_socket_open(int index, const struct claim_question *question, int *fd)
{
	/* The protocol 0: nothing arrives before the filter is there. */
	int sock = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int ret = sock < 0 ? -errno : set_up(sock, index, question);

	if (ret == 0)
		*fd = sock;
	else if (sock >= 0)
		close(sock);
	return ret;
}

/* What has come in for the question before is none of this one, and claim_read leaves it out. */
int claim_socket_turn(int fd, const struct claim_question *question)
{
	return attach(fd, question);
}

static int say(int fd, int index, const struct claim_question *question, const uint8_t *packet,
	       size_t len, const struct mac *mac)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = protocol_of(question),
				  .sll_ifindex = index,
				  .sll_halen = MAC_LEN };

	memcpy(to.sll_addr, mac->bytes, MAC_LEN);
	return sendto(fd, packet, len, 0, (const struct sockaddr *)&to, sizeof(to)) < 0 ? -errno
											: 0;
}

int claim_socket_ask(int fd, int index, const struct claim_question *question)
{
	uint8_t packet[CLAIM_QUESTION_MAX];
	struct mac to;
	size_t len = claim_write_question(question, packet, &to);

	return say(fd, index, question, packet, len, &to);
}

int claim_socket_announce(int fd, int index, const struct claim_question *question,
			  const struct mac *mac)
{
	uint8_t packet[CLAIM_QUESTION_MAX];
	struct mac to;
	size_t len = claim_write_announcement(question, mac, packet, &to);

	return say(fd, index, question, packet, len, &to);
}

int claim_socket_next(int fd, const struct claim_question *question, enum claim_kind *kind,
		      struct claim *out)
{
	uint8_t packet[CLAIM_PACKET_MAX];
	ssize_t got = recv(fd, packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC);

	if (got < 0)
		return -errno;
	*kind = (size_t)got > sizeof(packet) ? CLAIM_NONE
					     : claim_read(question, packet, (size_t)got, out);
	return 0;
}
