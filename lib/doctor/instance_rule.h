/* instance_rule.h - what each vrrp_instance says, by itself and beside fo.conf. Pure. */
#ifndef FO_INSTANCE_RULE_H
#define FO_INSTANCE_RULE_H

#include "scene.h"

/* Adds FO140 to FO162. */
void instance_rule_check(const struct scene *scene);

/* The VRRP version of an instance (RFC 3768: 2, RFC 9568: 3). */
int64_t instance_rule_version(const struct scene *scene, const struct keepalived_block *instance);

#endif
