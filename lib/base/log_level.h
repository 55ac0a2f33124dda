/* log_level.h - how grave a message is. Pure. */
#ifndef FO_LOG_LEVEL_H
#define FO_LOG_LEVEL_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

#endif
