/* wire_rule.h - an instance beside what another router says on the LAN. Pure. */
#ifndef FO_WIRE_RULE_H
#define FO_WIRE_RULE_H

#include "advert.h"
#include "scene.h"

/* Adds FO180 to FO187, of an advertisement that was heard on the interface of the instance. That of
 * others than the neighbour is none of ours: it has neither the number nor the address. */
void wire_rule_check(const struct scene *scene, const struct keepalived_block *instance,
		     const struct advert *advert);

#endif
