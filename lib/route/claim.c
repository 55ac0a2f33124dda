#include "claim.h"

#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <string.h>

#include "checksum.h"

/* RFC 826, for Ethernet and IPv4. */
enum {
	ARP_KIND = ARPHRD_ETHER << 16 | 0x0800, /* hardware, protocol */
	ARP_LENGTHS = MAC_LEN << 8 | 4,
	ARP_OP = 6,
	ARP_SENDER_MAC = 8,
	ARP_SENDER = 14,
	ARP_TARGET_MAC = 18,
	ARP_TARGET = 24,
	ARP_LEN = 28,
};

/* RFC 8200, RFC 4861 sections 4.3 and 4.4. */
enum {
	IP6_LENGTH = 4,
	IP6_NEXT = 6,
	IP6_HOPS = 7,
	IP6_FROM = 8,
	IP6_TO = 24,
	IP6_LEN = 40,
	IP6_ADDR_LEN = 16,
	ND_TYPE = IP6_LEN,
	ND_CODE = IP6_LEN + 1,
	ND_CHECKSUM = IP6_LEN + 2,
	ND_FLAGS = IP6_LEN + 4,
	ND_TARGET = IP6_LEN + 8,
	ND_OPTIONS = IP6_LEN + 24,
	ND_LEN = ND_OPTIONS + 8,
	ND_ROUTER = 0x80,
	ND_SOLICITED = 0x40,
	ND_OVERRIDE = 0x20,
	ND_HOPS = 255, /* no router has let it pass (section 7.1.2) */
	ND_OPTION_UNIT = 8,
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void put16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)(value & 0xff);
}

static struct mac get_mac(const uint8_t *p)
{
	struct mac mac;

	memcpy(mac.bytes, p, MAC_LEN);
	return mac;
}

static bool has_addr(const uint8_t *p, const struct addr *addr)
{
	return memcmp(p, addr->bytes, addr_len(addr->family)) == 0;
}

/* What is said */

/* To every host; the address is the target of both. */
static size_t write_arp(const struct claim_question *question, const struct mac *mac, uint8_t *buf,
			struct mac *to)
{
	memset(buf, 0, ARP_LEN);
	put16(buf, ARPHRD_ETHER);
	put16(buf + 2, ARP_KIND & 0xffff);
	put16(buf + 4, ARP_LENGTHS);
	put16(buf + ARP_OP, ARPOP_REQUEST);
	memcpy(buf + ARP_SENDER_MAC, mac->bytes, MAC_LEN);
	memcpy(buf + ARP_TARGET, question->address.bytes, 4);
	memset(to->bytes, 0xff, MAC_LEN);
	return ARP_LEN;
}

static size_t write_arp_announcement(const struct claim_question *question, const struct mac *mac,
				     uint8_t *buf, struct mac *to)
{
	size_t len = write_arp(question, mac, buf, to);

	memcpy(buf + ARP_SENDER, question->address.bytes, 4);
	return len;
}

/* Of the pseudo-header and what is behind the header (RFC 8200, section 8.1). */
static uint16_t checksum_nd(const uint8_t *packet, size_t len)
{
	uint8_t bytes[IP6_LEN + CLAIM_PACKET_MAX] = { 0 };
	size_t payload = len - IP6_LEN;

	memcpy(bytes, packet + IP6_FROM, (size_t)2 * IP6_ADDR_LEN);
	put16(bytes + 34, (uint16_t)payload);
	bytes[39] = IPPROTO_ICMPV6;
	memcpy(bytes + IP6_LEN, packet + IP6_LEN, payload);
	return checksum_of(bytes, len);
}

/* Without its checksum. */
static void begin_nd(const struct claim_question *question, uint8_t type, uint8_t *buf)
{
	memset(buf, 0, ND_LEN);
	buf[0] = 0x60;
	put16(buf + IP6_LENGTH, ND_LEN - IP6_LEN);
	buf[IP6_NEXT] = IPPROTO_ICMPV6;
	buf[IP6_HOPS] = ND_HOPS;
	memcpy(buf + IP6_FROM, question->from.bytes, IP6_ADDR_LEN);
	buf[ND_TYPE] = type;
	memcpy(buf + ND_TARGET, question->address.bytes, IP6_ADDR_LEN);
}

static size_t end_nd(uint8_t option, const struct mac *mac, uint8_t *buf)
{
	buf[ND_OPTIONS] = option;
	buf[ND_OPTIONS + 1] = 1;
	memcpy(buf + ND_OPTIONS + 2, mac->bytes, MAC_LEN);
	put16(buf + ND_CHECKSUM, checksum_nd(buf, ND_LEN));
	return ND_LEN;
}

static size_t write_solicitation(const struct claim_question *question, uint8_t *buf,
				 struct mac *to)
{
	static const uint8_t group[] = { 0xff, 0x02, [11] = 1, 0xff }; /* RFC 4291, section 2.7.1 */
	const uint8_t *address = question->address.bytes;

	begin_nd(question, ND_NEIGHBOR_SOLICIT, buf);
	memcpy(buf + IP6_TO, group, sizeof(group));
	memcpy(buf + IP6_TO + 13, address + 13, 3);
	*to = (struct mac){ { 0x33, 0x33, 0xff, address[13], address[14], address[15] } };
	return end_nd(ND_OPT_SOURCE_LINKADDR, &question->mac, buf);
}

static size_t write_advertisement(const struct claim_question *question, const struct mac *mac,
				  uint8_t *buf, struct mac *to)
{
	static const uint8_t all_nodes[] = { 0xff, 0x02, [15] = 1 };

	begin_nd(question, ND_NEIGHBOR_ADVERT, buf);
	memcpy(buf + IP6_TO, all_nodes, sizeof(all_nodes));
	buf[ND_FLAGS] = ND_ROUTER | ND_OVERRIDE;
	*to = (struct mac){ { 0x33, 0x33, 0, 0, 0, 1 } };
	return end_nd(ND_OPT_TARGET_LINKADDR, mac, buf);
}

size_t claim_write_question(const struct claim_question *question,
			    uint8_t buf[static CLAIM_QUESTION_MAX], struct mac *to)
{
	return question->address.family == AF_INET6 ? write_solicitation(question, buf, to)
						    : write_arp(question, &question->mac, buf, to);
}

size_t claim_write_announcement(const struct claim_question *question, const struct mac *mac,
				uint8_t buf[static CLAIM_QUESTION_MAX], struct mac *to)
{
	return question->address.family == AF_INET6
		       ? write_advertisement(question, mac, buf, to)
		       : write_arp_announcement(question, mac, buf, to);
}

/* What others say */

/* Whoever names itself as the sender has the address: in a reply, an announcement, or a question
 * of its own. */
static enum claim_kind read_arp(const struct claim_question *question, const uint8_t *buf,
				size_t len, struct claim *out)
{
	uint16_t op = len < ARP_LEN ? 0 : get16(buf + ARP_OP);
	struct mac sender;
	bool own;

	if ((op != ARPOP_REQUEST && op != ARPOP_REPLY) || get32(buf) != ARP_KIND ||
	    get16(buf + 4) != ARP_LENGTHS)
		return CLAIM_NONE;
	sender = get_mac(buf + ARP_SENDER_MAC);
	own = mac_equal(&sender, &question->mac);
	if (own && get32(buf + ARP_SENDER) == 0 && has_addr(buf + ARP_TARGET, &question->address))
		return CLAIM_ECHO;
	if (own || !mac_is_set(&sender) || !has_addr(buf + ARP_SENDER, &question->address))
		return CLAIM_NONE;
	*out = (struct claim){ .mac = sender };
	if (op == ARPOP_REPLY) {
		const struct mac target = get_mac(buf + ARP_TARGET_MAC);

		out->answer = mac_equal(&target, &question->mac);
	}
	return CLAIM_MADE;
}

/* Cuts `*len` to what the header says. */
static bool is_sound_nd(const uint8_t *buf, size_t *len)
{
	size_t end;

	if (*len < ND_OPTIONS || *len > CLAIM_PACKET_MAX || buf[0] >> 4 != 6 ||
	    buf[IP6_NEXT] != IPPROTO_ICMPV6 || buf[IP6_HOPS] != ND_HOPS || buf[ND_CODE] != 0)
		return false;
	end = IP6_LEN + (size_t)get16(buf + IP6_LENGTH);
	if (end < ND_OPTIONS || end > *len)
		return false;
	*len = end;
	return checksum_nd(buf, end) == 0;
}

/* The hardware address among the options from `option` on (RFC 4861, section 4.6.1). Returns false
 * where there is none, or an option has no length. */
static bool find_target_mac(const uint8_t *option, const uint8_t *end, struct mac *out)
{
	while (end - option >= ND_OPTION_UNIT) {
		size_t len = (size_t)option[1] * ND_OPTION_UNIT;

		if (len == 0 || len > (size_t)(end - option))
			return false;
		if (option[0] == ND_OPT_TARGET_LINKADDR && len == ND_OPTION_UNIT) {
			*out = get_mac(option + 2);
			return mac_is_set(out);
		}
		option += len;
	}
	return false;
}

static enum claim_kind read_nd(const struct claim_question *question, const uint8_t *buf,
			       size_t len, struct claim *out)
{
	struct claim claim;

	if (!is_sound_nd(buf, &len) || !has_addr(buf + ND_TARGET, &question->address))
		return CLAIM_NONE;
	if (buf[ND_TYPE] == ND_NEIGHBOR_SOLICIT)
		return has_addr(buf + IP6_FROM, &question->from) ? CLAIM_ECHO : CLAIM_NONE;
	if (buf[ND_TYPE] != ND_NEIGHBOR_ADVERT ||
	    !find_target_mac(buf + ND_OPTIONS, buf + len, &claim.mac) ||
	    mac_equal(&claim.mac, &question->mac))
		return CLAIM_NONE;
	claim.answer =
		(buf[ND_FLAGS] & ND_SOLICITED) != 0 && has_addr(buf + IP6_TO, &question->from);
	*out = claim;
	return CLAIM_MADE;
}

enum claim_kind claim_read(const struct claim_question *question, const uint8_t *buf, size_t len,
			   struct claim *out)
{
	return question->address.family == AF_INET6 ? read_nd(question, buf, len, out)
						    : read_arp(question, buf, len, out);
}

/* The same in the kernel */

struct program {
	struct sock_filter *code;
	uint16_t len;
};

static void put_code(struct program *p, unsigned code, uint32_t value, uint8_t if_not)
{
	p->code[p->len++] =
		(struct sock_filter){ .code = (uint16_t)code, .jf = if_not, .k = value };
}

/* Goes on where the bytes at `offset` (BPF_B, BPF_H, BPF_W of them) are `value`, and else behind
 * the next `skip` instructions. */
static void put_test(struct program *p, unsigned size, uint32_t offset, uint32_t value,
		     uint8_t skip)
{
	put_code(p, BPF_LD | BPF_ABS | size, offset, 0);
	put_code(p, BPF_JMP | BPF_JEQ | BPF_K, value, skip);
}

static void put_verdict(struct program *p, uint32_t bytes)
{
	put_code(p, BPF_RET | BPF_K, bytes, 0);
}

/* Drops the packet where they are not. */
static void put_demand(struct program *p, unsigned size, uint32_t offset, uint32_t value)
{
	put_code(p, BPF_LD | BPF_ABS | size, offset, 0);
	p->code[p->len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
	put_verdict(p, 0);
}

static void put_demand_addr(struct program *p, uint32_t offset, const struct addr *addr)
{
	for (uint32_t i = 0; i < addr_len(addr->family); i += 4)
		put_demand(p, BPF_W, offset + i, get32(addr->bytes + i));
}

/* Nothing that this machine sends, nor what is for another one, or of a VLAN that is not there. */
static void put_demand_received(struct program *p)
{
	put_code(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE), 0);
	put_code(p, BPF_JMP | BPF_JGT | BPF_K, PACKET_MULTICAST, 1);
	put_verdict(p, 0);
}

static void put_arp(struct program *p, const struct claim_question *question)
{
	const uint8_t *mac = question->mac.bytes;

	put_demand(p, BPF_W, 0, ARP_KIND);
	put_demand(p, BPF_H, 4, ARP_LENGTHS);
	/* By us, it can be an echo of our question only. */
	put_test(p, BPF_W, ARP_SENDER_MAC, get32(mac), 9);
	put_test(p, BPF_H, ARP_SENDER_MAC + 4, get16(mac + 4), 7);
	put_demand(p, BPF_W, ARP_SENDER, 0);
	put_demand_addr(p, ARP_TARGET, &question->address);
	put_verdict(p, CLAIM_PACKET_MAX);
	put_demand_addr(p, ARP_SENDER, &question->address);
	put_verdict(p, CLAIM_PACKET_MAX);
}

static void put_nd(struct program *p, const struct claim_question *question)
{
	put_demand(p, BPF_B, IP6_NEXT, IPPROTO_ICMPV6);
	put_demand(p, BPF_B, IP6_HOPS, ND_HOPS);
	/* The last word of both addresses tells most others apart. */
	put_demand(p, BPF_W, ND_TARGET + 12, get32(question->address.bytes + 12));
	put_test(p, BPF_B, ND_TYPE, ND_NEIGHBOR_ADVERT, 1);
	put_verdict(p, CLAIM_PACKET_MAX);
	put_demand(p, BPF_B, ND_TYPE, ND_NEIGHBOR_SOLICIT);
	put_demand(p, BPF_W, IP6_FROM + 12, get32(question->from.bytes + 12));
	put_verdict(p, CLAIM_PACKET_MAX);
}

uint16_t claim_write_filter(const struct claim_question *question,
			    struct sock_filter out[static CLAIM_FILTER_MAX])
{
	struct program p = { .code = out };

	put_demand_received(&p);
	if (question->address.family == AF_INET6)
		put_nd(&p, question);
	else
		put_arp(&p, question);
	return p.len;
}
