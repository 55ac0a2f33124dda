/* http_socket.h - the TCP socket of a request on a slow line that may die. Edge: tcp(7), socket(7).
 */
#ifndef FO_HTTP_SOCKET_H
#define FO_HTTP_SOCKET_H

/* Prepares a socket that is not connected yet: little is on its way to it at a time, and what it
 * has to send when it is closed, or its process killed, never leaves. Not logged: where it fails
 * that costs time, or a class that is read back later. */
void http_socket_prepare(int fd);

#endif
