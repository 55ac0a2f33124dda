#include "http_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* The server may have little on its way: at 32 kbit/s the 5 KB of its certificates at once would
 * make all that the LAN is sent meanwhile wait for more than a second, and a policer drop the last
 * of them. Two segments of this size fill that line (1200 bytes in 300 ms) with little of a queue.
 */
#define SEGMENT_BYTES 1024
#define WINDOW_BYTES  2048

static void limit_window(int fd)
{
	const int segment = SEGMENT_BYTES, window = WINDOW_BYTES;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, &window, sizeof(window));
}

/* A request that was given up, or whose process was killed, must not arrive after a later one: once
 * closed, the socket is forgotten with all that it has to send (RFC 9293, 3.10.5), which the kernel
 * would send again for minutes, until the line is good. Of a whole answer nothing is lost. */
static void forget_at_close(int fd)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

void http_socket_prepare(int fd)
{
	limit_window(fd);
	forget_at_close(fd);
}
