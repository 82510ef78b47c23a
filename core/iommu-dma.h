/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DMA operations that map physical memory through IOMMU.
 */
#ifndef _LINUX_IOMMU_DMA_H
#define _LINUX_IOMMU_DMA_H

#include <linux/dma-direction.h>
#include <linux/types.h>

struct device;
struct phyr_list;

#ifdef CONFIG_IOMMU_DMA
bool use_dma_iommu(struct device *dev);
#else
static inline bool use_dma_iommu(struct device *dev)
{
	return false;
}
#endif /* CONFIG_IOMMU_DMA */

int iommu_dma_map_phyrs(struct device *dev, const struct phyr_list *list,
			enum dma_data_direction dir, unsigned long attrs,
			dma_addr_t *addr);
void iommu_dma_unmap_phyrs(struct device *dev, dma_addr_t addr, size_t len);

#endif /* _LINUX_IOMMU_DMA_H */
