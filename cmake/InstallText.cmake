# fo_put(FILES|PROGRAMS FILE FOLDER NAME): installs a text in which programs and samples are named by the paths of
# the prefix. Included by the install script, which alone knows that: `cmake --install --prefix` may give another.
# It needs FO_BINDIR, FO_DOCDIR and FO_SAMPLEDIR, below the prefix or absolute, and FO_SCRATCH, a folder.

function(fo_absolute variable folder)
	string(REGEX REPLACE "/$" "" folder "${folder}")
	cmake_path(ABSOLUTE_PATH folder BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} NORMALIZE OUTPUT_VARIABLE path)
	set(${variable} ${path} PARENT_SCOPE)
endfunction()

function(fo_put type file folder name)
	fo_absolute(bin ${FO_BINDIR})
	fo_absolute(doc ${FO_DOCDIR})
	fo_absolute(samples ${FO_SAMPLEDIR})
	fo_absolute(target ${folder})
	file(READ ${file} text)
	string(REPLACE "/usr/share/doc/failover-helpers" "${doc}" text "${text}")
	string(REPLACE "/usr/share/failover-helpers" "${samples}" text "${text}")
	string(REPLACE "/usr/bin/fo-" "${bin}/fo-" text "${text}")
	file(WRITE ${FO_SCRATCH}/${name} "${text}")
	if(type STREQUAL PROGRAMS)
		set(mode PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
			GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
	endif()
	file(INSTALL ${FO_SCRATCH}/${name} DESTINATION ${target} ${mode})
	set(CMAKE_INSTALL_MANIFEST_FILES ${CMAKE_INSTALL_MANIFEST_FILES} PARENT_SCOPE)
endfunction()

# fo_link(TARGET FOLDER NAME): a relative link: it is right below a DESTDIR as well.
function(fo_link to folder name)
	fo_absolute(from ${folder})
	fo_absolute(to ${to})
	file(RELATIVE_PATH relative ${from} ${to})
	file(MAKE_DIRECTORY ${FO_SCRATCH}/links) # apart from the texts, which may have the same name
	file(CREATE_LINK ${relative} ${FO_SCRATCH}/links/${name} SYMBOLIC)
	file(INSTALL ${FO_SCRATCH}/links/${name} DESTINATION ${from})
	set(CMAKE_INSTALL_MANIFEST_FILES ${CMAKE_INSTALL_MANIFEST_FILES} PARENT_SCOPE)
endfunction()
